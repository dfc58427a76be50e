/** The npm package systemd-notify has no types of its own. Rejects when the tool is missing or fails. */
declare module 'systemd-notify' {
  function notify(options: { ready?: boolean; status?: string; pid?: number }): Promise<unknown>;
  export default notify;
}
