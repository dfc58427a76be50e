/**
 * Makers that sign their own servers' and clients' certificates: a relative name as it stands in subject or issuer, and
 * the application id. Only names that bear the application by themselves.
 */
export const certificateNames: readonly [string, number][] = [
  ['O=philandro Software GmbH', 252],
  ['CN=AnyDesk Client', 252],
  ['O=Kakao', 193],
  ['O=Private Internet Access', 384],
  ['O=Windscribe', 429],
  ['O=Riot Games', 302],
  ['CN=hangouts', 404],
  ['CN=NVIDIA GameStream', 341],
  ['O=TeamViewer', 148],
  ['O=Zoom Video Communications', 189],
  ['O=NordVPN', 426],
  ['O=Surfshark', 427],
  ['O=Mullvad', 348],
  ['O=SoftEther', 290],
  ['O=Sonos', 430],
  ['O=Spotify', 156],
  ['O=Signal Messenger', 39],
  ['O=Threema', 305],
  ['O=Syncthing', 313],
  ['CN=syncthing', 313],
  ['OU=FortiGate', 259],
];
