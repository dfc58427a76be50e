/** CAN frames over UDP (cannelloni-like bridges and Wireshark's CAN-ETH): the header begins with "ISO11898". */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const can: Protocol = {
  id: 352,
  name: 'Controller_Area_Network',
  udp: { first: [0x49], firstServer: [0x49], look: ({ c }: View) => (c.startsWith('ISO11898') ? YES : NO) },
};
