/**
 * KakaoTalk's voice calls: RTP and encrypted RTCP (RFC 3550, RFC 3711) with servers in Kakao's own networks (AS9764,
 * AS38099), which alone tell them from other calls.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';
import { applicationOfAddress } from '../networks.ts';

const FIRST = [0x80, 0x81];

export const kakaoTalkVoice: Protocol = {
  id: 194,
  name: 'KakaoTalk_Voice',
  udp: { first: FIRST, firstServer: FIRST, look },
};

const KAKAO = 193;

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  const kind = c.peek8(1);
  if (c.length < 28 || (kind !== 200 && kind !== 201)) return NO;
  return applicationOfAddress(view.server) === KAKAO || applicationOfAddress(view.client) === KAKAO ? YES : NO;
}
