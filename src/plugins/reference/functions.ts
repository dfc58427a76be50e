/**
 * Every host function, one line each: `name(parameters): what it returns -- what it does`. docs/plugin-api.md and the annotations
 * for editors (docs/spanwatch.lua) are made from it; a test holds it against what is bound. A `?` marks what may be absent.
 * Functions marked (none) answer as ntopng 4.2 does where the feature is missing, so that plugins that ask go on.
 */

export interface TableOfFunctions {
  /** One sentence about when the functions answer. */
  about: string;
  lines: string;
}

export const FUNCTIONS: { readonly [table: string]: TableOfFunctions } = {
  flow: {
    about: 'The flow whose hook is running. Outside of a flow hook every function returns nothing.',
    lines: `
getInfo(): table -- the usual fields: cli.ip, srv.ip, cli.port, srv.port, cli.localhost, srv.localhost, duration, proto.l4, proto.ndpi, proto.ndpi_app, proto.ndpi_cat, cli2srv.bytes, srv2cli.bytes, cli2srv.packets, srv2cli.packets, info
getFullInfo(): table -- everything known of the flow; slow, ask for it only when getInfo lacks something
triggerStatus(info: table, flow_score: integer, cli_score?: integer, srv_score?: integer) -- puts a status on the flow; info is what a status type's create() returned. The best candidate of all scripts becomes the alert
setStatus(status: integer, flow_score?: integer, cli_score?: integer, srv_score?: integer): boolean -- sets a status bit without an alert
clearStatus(status: integer): boolean -- clears a status bit
isStatusSet(status: integer): boolean -- whether a status bit is set
getStatus(): integer -- all status bits
getAlertedStatus(): integer -- the status the flow was alerted with, 0 = none
getAlertedStatusScore(): integer -- the score of that status
getScore(): integer -- sum of the scores of its statuses
getScoreInfo(): table -- flow_score
getKey(): integer -- a number for the flow
getHashEntryId(): integer -- the number of the flow in this run
getFirstSeen(): integer -- seconds since 1970
getLastSeen(): integer -- seconds since 1970
getDuration(): integer -- seconds
getPackets(): integer -- both ways
getPacketsSent(): integer -- of the client
getPacketsRcvd(): integer -- of the server
getBytes(): integer -- both ways, whole frames
getBytesSent(): integer -- of the client
getBytesRcvd(): integer -- of the server
getGoodputBytes(): integer -- payload both ways
getClientKey(): string -- address@vlan
getServerKey(): string -- address@vlan
getClientCountry(): string? -- two letters
getServerCountry(): string? -- two letters
getUnicastInfo(): table -- cli.broadmulticast, srv.broadmulticast
isClientUnicast(): boolean -- the client is neither a broadcast nor a multicast address
isServerUnicast(): boolean -- the server is neither a broadcast nor a multicast address
isUnicast(): boolean -- both are unicast
isClientNoIP(): boolean -- the client has no address yet (0.0.0.0)
isServerNoIP(): boolean -- the server has no address yet
isLocal(): boolean -- both inside the local networks
isLocalToRemote(): boolean -- from inside to outside
isRemoteToLocal(): boolean -- from outside to inside
isRemoteToRemote(): boolean -- both outside
isBlacklisted(): boolean -- one of both is marked as bad
getBlacklistedInfo(): table -- blacklisted.cli, blacklisted.srv, blacklisted.cat
isTwhOK(): boolean -- the TCP handshake was complete; true for everything but TCP
isBidirectional(): boolean -- packets both ways
isTCPConnecting(): boolean -- a SYN without an answer so far
isTCPConnectionRefused(): boolean -- answered with a reset
getTCPStats(): table -- retransmissions, out_of_order, lost by direction
getClientTCPIssues(): integer -- retransmitted, out of order and lost packets of the client
getServerTCPIssues(): integer -- the same of the server
getClientRetrPercentage(): number -- 0..1
getServerRetrPercentage(): number -- 0..1
getnDPIMasterProtoId(): integer -- nDPI number of the protocol
getnDPIAppProtoId(): integer -- nDPI number of the application inside it, or the same
getnDPIProtocolName(): string -- such as TLS.Google
getnDPICategoryId(): integer -- nDPI number of the category
getnDPICategoryName(): string -- such as Web
getProtoBreed(): string -- nDPI's judgement, such as Safe or Dangerous
getnDPIMatchPacket(): table -- (none)
hasRisk(risk?: integer): boolean -- whether nDPI's risk of that number, or any, was seen
getRiskInfo(): table -- numbers of the risks by their texts
getDnsQuery(): string -- the name asked for, "" if none
dnsQueryHasInvalidChars(): boolean -- characters that no host name has
getDNSInfo(): table -- protos.dns.last_query, last_query_type, last_return_code, invalid_chars_in_query
getHTTPInfo(): table -- protos.http.last_method, last_return_code, last_url, server_name, last_user_agent
getTLSInfo(): table -- protos.tls_version, protos.tls.client_requested_server_name, notBefore, notAfter, issuerDN, subjectDN, ja3 and more
getTLSVersion(): integer -- 771 is TLS 1.2
getServerCipherClass(): string? -- safe, weak or insecure
hasMaliciousTlsSignature(): boolean -- (none)
getSSHInfo(): table -- protos.ssh.client_signature, server_signature, hassh
getICMPStatusInfo(): table? -- type and code
getICMPType(): integer -- type of the first message
getMaxSeenIcmpPayloadSize(): integer -- bytes
getMUDInfo(): table -- host_server_name, protos.dns.last_query, is_local, cli.mac, srv.mac
getDeviceProtoAllowedInfo(): table -- cli.devtype, cli.allowed, srv.devtype, srv.allowed
isDeviceProtocolNotAllowed(): boolean -- (none)
getClient2ServerIAT(): table -- (none)
getServer2ClientIAT(): table -- (none)
isNotPurged(): boolean -- (none)
isPassVerdict(): boolean -- (none)
triggerAlert(): table -- (none)
setCustomInfo(info: any) -- (none)
retrieveExternalAlertInfo(): table? -- (none)
`,
  },
  host: {
    about: 'The host whose periodic hook is running.',
    lines: `
getInfo(): table -- ip, vlan, name, localhost, bytes, packets and flows by direction, seen, score, hits
getFullInfo(): table -- the same
getIp(): table -- ip, vlan
getTsKey(): string -- address, with @vlan when there is one
getPoolId(): table -- host_pool_id
isLocal(): boolean -- inside the local networks
getBytes(): table -- bytes.sent, bytes.rcvd
getPackets(): table -- packets.sent, packets.rcvd
getNumFlows(): table -- total_flows.as_client, total_flows.as_server
getApplicationBytes(id: integer): integer -- bytes of an nDPI application
getCategoryBytes(id: integer): integer -- bytes of an nDPI category
getTime(): table -- seen.first, seen.last, duration, total_activity_time
getDNSInfo(): table -- dns: queries and replies by direction
getHTTPInfo(): table -- http: requests and replies by direction
getFlowFlood(): table -- hits.flow_flood_attacker, hits.flow_flood_victim: most new flows in a second of this minute
getSynFlood(): table -- hits.syn_flood_attacker, hits.syn_flood_victim
getSynScan(): table -- hits.syn_scan_attacker, hits.syn_scan_victim: unanswered SYN of this minute
getScore(): table -- score, score.as_client, score.as_server
getBehaviourInfo(): table? -- (none)
getAlerts(granularity?: integer): table[] -- engaged alerts of this host
getCachedAlertValue(key: string, granularity: integer): string -- what was kept in the run before, "" if nothing
setCachedAlertValue(key: string, value: string, granularity: integer): boolean -- keeps a value for the next run
checkContext(): boolean -- (none)
storeTriggeredAlert(): nil -- (none)
releaseTriggeredAlert(): nil -- (none)
`,
  },
  network: {
    about: 'The local network whose periodic hook is running.',
    lines: `
getNetworkStats(): table -- network_key, num_hosts, ingress, egress, inner and hits
getAlerts(granularity?: integer): table[] -- engaged alerts of this network
getCachedAlertValue(key: string, granularity: integer): string -- what was kept in the run before
setCachedAlertValue(key: string, value: string, granularity: integer): boolean -- keeps a value for the next run
checkContext(): boolean -- (none)
storeTriggeredAlert(): nil -- (none)
releaseTriggeredAlert(): nil -- (none)
`,
  },
  interface: {
    about: 'The capture interface; answers in every hook.',
    lines: `
getId(): integer -- 0, or -1 in a system script
getName(): string -- such as eth1
getIfNames(): table -- names by number
select(name: string): boolean -- there is one interface
setActiveInterfaceId(id: integer): boolean -- there is one interface
getStats(): table -- stats, stats_since_reset, ndpi, ndpi_categories, anomalies
getStatsUpdateFreq(): integer -- seconds
getHashTablesStats(): table -- how full the tables of flows and hosts are
getPeriodicActivitiesStats(): table -- durations of periodic scripts
getHostsInfo(): table -- hosts, at most 500 of them
getHostInfo(ip: string, vlan?: integer): table? -- one host
getBatchedMacsInfo(slot?: integer): table -- macs, a hundred at a time, and nextSlot
getMacInfo(mac: string): table? -- one device
getHostPoolsInfo(): table -- members by pool
getHostPoolsStats(): table -- traffic by pool
getnDPIProtoId(name: string): integer -- number of a protocol, -1 if unknown
getnDPIProtoName(id: integer): string -- name of a protocol
getnDPIProtocols(): table -- numbers by name
getnDPICategoryId(name: string): integer -- number of a category
getnDPICategories(): table -- numbers by name
getAlerts(granularity?: integer): table[] -- engaged alerts of the interface
getEngagedAlerts(entity?: integer, value?: string): table[] -- engaged alerts of anything
getEngagedAlertsCount(): table -- by type and severity
getCachedAlertValue(key: string, granularity: integer): string -- what was kept in the run before
setCachedAlertValue(key: string, value: string, granularity: integer): boolean -- keeps a value for the next run
checkDroppedAlerts(): integer -- alerts that were lost
isPacketInterface(): boolean -- true
isPcapDumpInterface(): boolean -- false
isView(): boolean -- false
isViewed(): boolean -- false
viewedBy(): nil -- (none)
isSampledTraffic(): boolean -- false
storeAlert(): table -- (none)
storeFlowAlert(): table -- (none)
triggerExternalAlert(): nil -- (none)
releaseExternalAlert(): nil -- (none)
queryAlertsRaw(): table -- (none)
queryFlowAlertsRaw(): table -- (none)
incTotalHostAlerts(): nil -- (none)
incSyslogStats(...: integer) -- counts lines of a syslog script
processFlow(): boolean -- (none)
findFlowByKeyAndHashId(): table? -- (none)
checkInterfaceAlerts(): nil -- (none)
checkHostsAlerts(): nil -- (none)
checkNetworksAlerts(): nil -- (none)
reloadCompanions(): nil -- (none)
checkContext(): boolean -- (none)
storeTriggeredAlert(): nil -- (none)
releaseTriggeredAlert(): nil -- (none)
`,
  },
  ntop: {
    about: 'Store, clock, names and facts; answers in every hook. The store is one for all plugins, bounded.',
    lines: `
getCache(key: string): string -- "" if there is nothing
setCache(key: string, value: string, expire?: integer) -- expire in seconds
setnxCache(key: string, value: string, expire?: integer): boolean -- sets it when there is none
delCache(key: string) -- forgets it
existsCache(key: string): boolean -- whether there is something
incrCache(key: string, amount?: integer): integer -- the value after
getKeysCache(pattern: string): table -- keys that match, * as wild card
getPref(key: string): string -- a value that outlives a restart, "" if none
setPref(key: string, value: string) -- keeps a value over restarts
getHashCache(hash: string, key: string): string -- a value of a hash
setHashCache(hash: string, key: string, value: string) -- sets one
delHashCache(hash: string, key: string) -- forgets one
getHashKeysCache(hash: string): table -- keys of a hash
getHashAllCache(hash: string): table -- keys and values of a hash
getMembersCache(set: string): table -- members of a set
setMembersCache(set: string, member: string) -- adds one
delMembersCache(set: string, member: string) -- removes one
lpushCache(list: string, value: string) -- puts in front
rpushCache(list: string, value: string) -- puts behind
lpopCache(list: string): string -- takes from the front
rpopCache(list: string): string -- takes from the end
lrangeCache(list: string, from: integer, to: integer): table -- a part
lremCache(list: string, value: string) -- removes equal ones
ltrimCache(list: string, from: integer, to: integer) -- keeps a part
llenCache(list: string): integer -- how many
getCacheStats(): table -- how many calls
getCacheStatus(): table -- how full
getInfo(): table -- version and features of the product
getPrefs(): table -- settings that 4.2's scripts read
getUptime(): integer -- seconds
getStartupEpoch(): integer -- seconds since 1970
getticks(): integer -- a fine clock
gettickspersec(): integer -- ticks of that clock in a second
gettimemsec(): number -- seconds with a fraction
getDeadline(): integer -- when the current call must end
isDeadlineApproaching(): boolean -- whether that is soon
isShutdown(): boolean -- the product is stopping
msleep(ms: integer) -- does nothing: scripts do not wait
systemHostStat(): table -- load and memory of the box
getHostInformation(): table -- name and addresses of the box
getNetworkNameById(id: integer): string -- CIDR of a local network
getMacManufacturer(mac: string): table -- short, extended
getservbyport(port: integer, protocol: string): string -- name of a service
getTLSVersionName(version: integer): string -- such as TLSv1.2
getResolvedName(ip: string): string -- the name known of an address, or the address
resolveName(ip: string): string -- the same
resolveHost(name: string, v4?: boolean): string? -- asks the network; needs the permission network
pingHost(host: string, v6?: boolean, continuous?: boolean): any -- starts a ping; needs the permission network
collectPingResults(v6?: boolean, continuous?: boolean): table -- answers to the pings of that kind: milliseconds by address; continuous: response_rate, min_rtt, max_rtt, mean, jitter
isPingAvailable(): boolean -- whether pings can be sent
isPingIfaceAvailable(): boolean -- false: pings leave where the box sends them
httpGet(url: string, user?: string, password?: string, timeout?: integer): table? -- needs the permission http
httpPost(url: string, fields: string, user?: string, password?: string, timeout?: integer): table? -- needs the permission http
postHTTPJsonData(user: string, password: string, url: string, json: string, timeout?: integer): boolean -- needs the permission http
sendMail(from: string, to: string, message: string, server: string, user?: string, password?: string): boolean -- needs the permission network
send_udp_data(host: string, port: integer, text: string): boolean -- needs the permission network
send_tcp_data(host: string, port: integer, text: string, timeout?: integer): boolean -- needs the permission network
syslog(text: string, severity?: integer): boolean -- hands a line to the recipients of type syslog
speedtest(): table? -- (none)
recipient_register(id: integer) -- a recipient of alerts
recipient_enqueue(id: integer, high: boolean, alert: string): boolean -- hands an alert to a recipient
recipient_dequeue(id: integer, high: boolean): string? -- takes an alert that waits
recipient_delete(id: integer) -- ends a recipient
recipient_stats(id: integer): table -- what was delivered
popInternalAlerts(): string? -- (none)
traceEvent(level: integer, file: string, line: integer, text: string) -- a line in the log
verboseTrace(): boolean -- whether debugging lines are wanted
md5(text: string): string -- in hexadecimal
inet_ntoa(number: integer): string -- an IPv4 address
isIPv6(text: string): boolean -- whether it is an IPv6 address
ipCmp(a: string, b: string): integer -- -1, 0 or 1
networkPrefix(ip: string, bits: integer): string -- the network of an address
bitmapSet(bitmap: integer, bit: integer): integer -- the number with that bit
bitmapClear(bitmap: integer, bit: integer): integer -- the number without that bit
bitmapIsSet(bitmap: integer, bit: integer): boolean -- whether the bit is set
getDirs(): table -- folders of the product, by name; files cannot be opened
getCurrentPluginsDir(): string -- folder of the plugins
getShadowPluginsDir(): string -- the same
isPlugins0Dir(): boolean -- (none)
swapPluginsDir(): nil -- (none)
exists(path: string): boolean -- whether a plugin has such a file or folder among its data
isdir(path: string): boolean -- whether a plugin has such a folder
notEmptyFile(path: string): boolean -- whether a plugin has such a file with something in it
fileLastChange(path: string): integer -- (none)
readdir(path: string): table -- names in a data folder of a plugin, each under itself; empty elsewhere
mkdir(path: string): boolean -- (none)
rmdir(path: string): boolean -- (none)
setDefaultFilePermissions(path: string) -- (none)
isPro(): boolean -- false
isEnterprise(): boolean -- false
isEnterpriseM(): boolean -- false
isEnterpriseL(): boolean -- false
isnEdge(): boolean -- false
isnEdgeEnterprise(): boolean -- false
isAppliance(): boolean -- whether it is an appliance of ntop
isPackage(): boolean -- (none)
isWindows(): boolean -- false
isAdministrator(): boolean -- true
isMailEnabled(): boolean -- whether mail can be sent
hasLdapSupport(): boolean -- false
hasRadiusSupport(): boolean -- false
hasSpeedtestSupport(): boolean -- false
getHttpPrefix(): string -- ""
getRandomCSRFValue(): string -- ""
hasPluginsReloaded(): boolean -- (none)
reloadPlugins(): nil -- (none)
reloadPeriodicScripts(): nil -- (none)
checkSystemScriptsMin(): nil -- (none)
checkSystemScripts5Min(): nil -- (none)
checkSystemScriptsHour(): nil -- (none)
checkSystemScriptsDay(): nil -- (none)
`,
  },
  spanwatch: {
    about:
      'Our own additions. A plugin that is to run on ntopng too asks first whether the table is there: if spanwatch then … end.',
    lines: `
getDevices(): table[] -- in interface hooks: devices of the segment: mac, vendor, name, alias, random_mac, router, online, first, last, addresses {ip, vlan, by, current, last}, changes {at, kind (new, address, taken, lost, left), ip, other}
isListed(text: string): string? -- the name of the list of bad addresses and names that has it, or a network or domain around it
getLists(): table[] -- the lists: name, addresses, networks, names, refused
getNameOddity(name: string): integer -- 0 for names of people and companies to 100 for noise; 60 and more is what programs make
getFlowEnd(): string? -- handshake or none
getCertificateEnd(): integer? -- when the server's certificate ends, seconds since 1970; costs less than flow.getTLSInfo()
getUptime(): integer -- seconds of packet time since the plugins were started
`,
  },
};

export interface FunctionDoc {
  table: string;
  name: string;
  params: { name: string; type: string; optional: boolean }[];
  /** "" when it returns nothing. */
  returns: string;
  text: string;
  /** Answers as if the feature were missing. */
  empty: boolean;
}

const LINE = /^(\w+)\((.*?)\)(?:: ([^\s]+))? -- (.+)$/;

/** The table above, parsed. Throws at a line that is none. */
export function functionDocs(): FunctionDoc[] {
  return Object.entries(FUNCTIONS).flatMap(([table, { lines }]) =>
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const found = LINE.exec(line);
        if (!found) throw new Error(`reference of ${table}: cannot read "${line}"`);
        const [, name = '', list = '', returns = '', text = ''] = found;
        const params =
          list === ''
            ? []
            : list.split(', ').map((part) => {
                const [left = '', type = 'any'] = part.split(': ');
                return { name: left.replace(/\?$/, ''), type, optional: left.endsWith('?') };
              });
        const empty = text === '(none)';
        return {
          table,
          name,
          params,
          returns: returns === 'nil' ? '' : returns,
          text: empty ? 'Nothing is behind it here.' : sentence(text),
          empty,
        };
      }),
  );
}

const sentence = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
