---@meta
-- made by src/plugins/reference/write.ts from the tables beside it; changes here are lost

---The flow whose hook is running. Outside of a flow hook every function returns nothing.
---@class flow
flow = {}

---The usual fields: cli.ip, srv.ip, cli.port, srv.port, cli.localhost, srv.localhost, duration, proto.l4, proto.ndpi, proto.ndpi_app, proto.ndpi_cat, cli2srv.bytes, srv2cli.bytes, cli2srv.packets, srv2cli.packets, info.
---@return table
function flow.getInfo() end

---Everything known of the flow; slow, ask for it only when getInfo lacks something.
---@return table
function flow.getFullInfo() end

---Puts a status on the flow; info is what a status type's create() returned. The best candidate of all scripts becomes the alert.
---@param info table
---@param flow_score integer
---@param cli_score? integer
---@param srv_score? integer
function flow.triggerStatus(info, flow_score, cli_score, srv_score) end

---Sets a status bit without an alert.
---@param status integer
---@param flow_score? integer
---@param cli_score? integer
---@param srv_score? integer
---@return boolean
function flow.setStatus(status, flow_score, cli_score, srv_score) end

---Clears a status bit.
---@param status integer
---@return boolean
function flow.clearStatus(status) end

---Whether a status bit is set.
---@param status integer
---@return boolean
function flow.isStatusSet(status) end

---All status bits.
---@return integer
function flow.getStatus() end

---The status the flow was alerted with, 0 = none.
---@return integer
function flow.getAlertedStatus() end

---The score of that status.
---@return integer
function flow.getAlertedStatusScore() end

---Sum of the scores of its statuses.
---@return integer
function flow.getScore() end

---Flow_score.
---@return table
function flow.getScoreInfo() end

---A number for the flow.
---@return integer
function flow.getKey() end

---The number of the flow in this run.
---@return integer
function flow.getHashEntryId() end

---Seconds since 1970.
---@return integer
function flow.getFirstSeen() end

---Seconds since 1970.
---@return integer
function flow.getLastSeen() end

---Seconds.
---@return integer
function flow.getDuration() end

---Both ways.
---@return integer
function flow.getPackets() end

---Of the client.
---@return integer
function flow.getPacketsSent() end

---Of the server.
---@return integer
function flow.getPacketsRcvd() end

---Both ways, whole frames.
---@return integer
function flow.getBytes() end

---Of the client.
---@return integer
function flow.getBytesSent() end

---Of the server.
---@return integer
function flow.getBytesRcvd() end

---Payload both ways.
---@return integer
function flow.getGoodputBytes() end

---Address@vlan.
---@return string
function flow.getClientKey() end

---Address@vlan.
---@return string
function flow.getServerKey() end

---Two letters.
---@return string?
function flow.getClientCountry() end

---Two letters.
---@return string?
function flow.getServerCountry() end

---Cli.broadmulticast, srv.broadmulticast.
---@return table
function flow.getUnicastInfo() end

---The client is neither a broadcast nor a multicast address.
---@return boolean
function flow.isClientUnicast() end

---The server is neither a broadcast nor a multicast address.
---@return boolean
function flow.isServerUnicast() end

---Both are unicast.
---@return boolean
function flow.isUnicast() end

---The client has no address yet (0.0.0.0).
---@return boolean
function flow.isClientNoIP() end

---The server has no address yet.
---@return boolean
function flow.isServerNoIP() end

---Both inside the local networks.
---@return boolean
function flow.isLocal() end

---From inside to outside.
---@return boolean
function flow.isLocalToRemote() end

---From outside to inside.
---@return boolean
function flow.isRemoteToLocal() end

---Both outside.
---@return boolean
function flow.isRemoteToRemote() end

---One of both is marked as bad.
---@return boolean
function flow.isBlacklisted() end

---Blacklisted.cli, blacklisted.srv, blacklisted.cat.
---@return table
function flow.getBlacklistedInfo() end

---The TCP handshake was complete; true for everything but TCP.
---@return boolean
function flow.isTwhOK() end

---Packets both ways.
---@return boolean
function flow.isBidirectional() end

---A SYN without an answer so far.
---@return boolean
function flow.isTCPConnecting() end

---Answered with a reset.
---@return boolean
function flow.isTCPConnectionRefused() end

---Retransmissions, out_of_order, lost by direction.
---@return table
function flow.getTCPStats() end

---Retransmitted, out of order and lost packets of the client.
---@return integer
function flow.getClientTCPIssues() end

---The same of the server.
---@return integer
function flow.getServerTCPIssues() end

---0..1.
---@return number
function flow.getClientRetrPercentage() end

---0..1.
---@return number
function flow.getServerRetrPercentage() end

---NDPI number of the protocol.
---@return integer
function flow.getnDPIMasterProtoId() end

---NDPI number of the application inside it, or the same.
---@return integer
function flow.getnDPIAppProtoId() end

---Such as TLS.Google.
---@return string
function flow.getnDPIProtocolName() end

---NDPI number of the category.
---@return integer
function flow.getnDPICategoryId() end

---Such as Web.
---@return string
function flow.getnDPICategoryName() end

---NDPI's judgement, such as Safe or Dangerous.
---@return string
function flow.getProtoBreed() end

---Nothing is behind it here.
---@return table
function flow.getnDPIMatchPacket() end

---Whether nDPI's risk of that number, or any, was seen.
---@param risk? integer
---@return boolean
function flow.hasRisk(risk) end

---Numbers of the risks by their texts.
---@return table
function flow.getRiskInfo() end

---The name asked for, "" if none.
---@return string
function flow.getDnsQuery() end

---Characters that no host name has.
---@return boolean
function flow.dnsQueryHasInvalidChars() end

---Protos.dns.last_query, last_query_type, last_return_code, invalid_chars_in_query.
---@return table
function flow.getDNSInfo() end

---Protos.http.last_method, last_return_code, last_url, server_name, last_user_agent.
---@return table
function flow.getHTTPInfo() end

---Protos.tls_version, protos.tls.client_requested_server_name, notBefore, notAfter, issuerDN, subjectDN, ja3 and more.
---@return table
function flow.getTLSInfo() end

---771 is TLS 1.2.
---@return integer
function flow.getTLSVersion() end

---Safe, weak or insecure.
---@return string?
function flow.getServerCipherClass() end

---Nothing is behind it here.
---@return boolean
function flow.hasMaliciousTlsSignature() end

---Protos.ssh.client_signature, server_signature, hassh.
---@return table
function flow.getSSHInfo() end

---Type and code.
---@return table?
function flow.getICMPStatusInfo() end

---Type of the first message.
---@return integer
function flow.getICMPType() end

---Bytes.
---@return integer
function flow.getMaxSeenIcmpPayloadSize() end

---Host_server_name, protos.dns.last_query, is_local, cli.mac, srv.mac.
---@return table
function flow.getMUDInfo() end

---Cli.devtype, cli.allowed, srv.devtype, srv.allowed.
---@return table
function flow.getDeviceProtoAllowedInfo() end

---Nothing is behind it here.
---@return boolean
function flow.isDeviceProtocolNotAllowed() end

---Nothing is behind it here.
---@return table
function flow.getClient2ServerIAT() end

---Nothing is behind it here.
---@return table
function flow.getServer2ClientIAT() end

---Nothing is behind it here.
---@return boolean
function flow.isNotPurged() end

---Nothing is behind it here.
---@return boolean
function flow.isPassVerdict() end

---Nothing is behind it here.
---@return table
function flow.triggerAlert() end

---Nothing is behind it here.
---@param info any
function flow.setCustomInfo(info) end

---Nothing is behind it here.
---@return table?
function flow.retrieveExternalAlertInfo() end

---The host whose periodic hook is running.
---@class host
host = {}

---Ip, vlan, name, localhost, bytes, packets and flows by direction, seen, score, hits.
---@return table
function host.getInfo() end

---The same.
---@return table
function host.getFullInfo() end

---Ip, vlan.
---@return table
function host.getIp() end

---Address, with @vlan when there is one.
---@return string
function host.getTsKey() end

---Host_pool_id.
---@return table
function host.getPoolId() end

---Inside the local networks.
---@return boolean
function host.isLocal() end

---Bytes.sent, bytes.rcvd.
---@return table
function host.getBytes() end

---Packets.sent, packets.rcvd.
---@return table
function host.getPackets() end

---Total_flows.as_client, total_flows.as_server.
---@return table
function host.getNumFlows() end

---Bytes of an nDPI application.
---@param id integer
---@return integer
function host.getApplicationBytes(id) end

---Bytes of an nDPI category.
---@param id integer
---@return integer
function host.getCategoryBytes(id) end

---Seen.first, seen.last, duration, total_activity_time.
---@return table
function host.getTime() end

---Dns: queries and replies by direction.
---@return table
function host.getDNSInfo() end

---Http: requests and replies by direction.
---@return table
function host.getHTTPInfo() end

---Hits.flow_flood_attacker, hits.flow_flood_victim: most new flows in a second of this minute.
---@return table
function host.getFlowFlood() end

---Hits.syn_flood_attacker, hits.syn_flood_victim.
---@return table
function host.getSynFlood() end

---Hits.syn_scan_attacker, hits.syn_scan_victim: unanswered SYN of this minute.
---@return table
function host.getSynScan() end

---Score, score.as_client, score.as_server.
---@return table
function host.getScore() end

---Nothing is behind it here.
---@return table?
function host.getBehaviourInfo() end

---Engaged alerts of this host.
---@param granularity? integer
---@return table[]
function host.getAlerts(granularity) end

---What was kept in the run before, "" if nothing.
---@param key string
---@param granularity integer
---@return string
function host.getCachedAlertValue(key, granularity) end

---Keeps a value for the next run.
---@param key string
---@param value string
---@param granularity integer
---@return boolean
function host.setCachedAlertValue(key, value, granularity) end

---Nothing is behind it here.
---@return boolean
function host.checkContext() end

---Nothing is behind it here.
function host.storeTriggeredAlert() end

---Nothing is behind it here.
function host.releaseTriggeredAlert() end

---The local network whose periodic hook is running.
---@class network
network = {}

---Network_key, num_hosts, ingress, egress, inner and hits.
---@return table
function network.getNetworkStats() end

---Engaged alerts of this network.
---@param granularity? integer
---@return table[]
function network.getAlerts(granularity) end

---What was kept in the run before.
---@param key string
---@param granularity integer
---@return string
function network.getCachedAlertValue(key, granularity) end

---Keeps a value for the next run.
---@param key string
---@param value string
---@param granularity integer
---@return boolean
function network.setCachedAlertValue(key, value, granularity) end

---Nothing is behind it here.
---@return boolean
function network.checkContext() end

---Nothing is behind it here.
function network.storeTriggeredAlert() end

---Nothing is behind it here.
function network.releaseTriggeredAlert() end

---The capture interface; answers in every hook.
---@class interface
interface = {}

---0, or -1 in a system script.
---@return integer
function interface.getId() end

---Such as eth1.
---@return string
function interface.getName() end

---Names by number.
---@return table
function interface.getIfNames() end

---There is one interface.
---@param name string
---@return boolean
function interface.select(name) end

---There is one interface.
---@param id integer
---@return boolean
function interface.setActiveInterfaceId(id) end

---Stats, stats_since_reset, ndpi, ndpi_categories, anomalies.
---@return table
function interface.getStats() end

---Seconds.
---@return integer
function interface.getStatsUpdateFreq() end

---How full the tables of flows and hosts are.
---@return table
function interface.getHashTablesStats() end

---Durations of periodic scripts.
---@return table
function interface.getPeriodicActivitiesStats() end

---Hosts, at most 500 of them.
---@return table
function interface.getHostsInfo() end

---One host.
---@param ip string
---@param vlan? integer
---@return table?
function interface.getHostInfo(ip, vlan) end

---Macs, a hundred at a time, and nextSlot.
---@param slot? integer
---@return table
function interface.getBatchedMacsInfo(slot) end

---One device.
---@param mac string
---@return table?
function interface.getMacInfo(mac) end

---Members by pool.
---@return table
function interface.getHostPoolsInfo() end

---Traffic by pool.
---@return table
function interface.getHostPoolsStats() end

---Number of a protocol, -1 if unknown.
---@param name string
---@return integer
function interface.getnDPIProtoId(name) end

---Name of a protocol.
---@param id integer
---@return string
function interface.getnDPIProtoName(id) end

---Numbers by name.
---@return table
function interface.getnDPIProtocols() end

---Number of a category.
---@param name string
---@return integer
function interface.getnDPICategoryId(name) end

---Numbers by name.
---@return table
function interface.getnDPICategories() end

---Engaged alerts of the interface.
---@param granularity? integer
---@return table[]
function interface.getAlerts(granularity) end

---Engaged alerts of anything.
---@param entity? integer
---@param value? string
---@return table[]
function interface.getEngagedAlerts(entity, value) end

---By type and severity.
---@return table
function interface.getEngagedAlertsCount() end

---What was kept in the run before.
---@param key string
---@param granularity integer
---@return string
function interface.getCachedAlertValue(key, granularity) end

---Keeps a value for the next run.
---@param key string
---@param value string
---@param granularity integer
---@return boolean
function interface.setCachedAlertValue(key, value, granularity) end

---Alerts that were lost.
---@return integer
function interface.checkDroppedAlerts() end

---True.
---@return boolean
function interface.isPacketInterface() end

---False.
---@return boolean
function interface.isPcapDumpInterface() end

---False.
---@return boolean
function interface.isView() end

---False.
---@return boolean
function interface.isViewed() end

---Nothing is behind it here.
function interface.viewedBy() end

---False.
---@return boolean
function interface.isSampledTraffic() end

---Nothing is behind it here.
---@return table
function interface.storeAlert() end

---Nothing is behind it here.
---@return table
function interface.storeFlowAlert() end

---Nothing is behind it here.
function interface.triggerExternalAlert() end

---Nothing is behind it here.
function interface.releaseExternalAlert() end

---Nothing is behind it here.
---@return table
function interface.queryAlertsRaw() end

---Nothing is behind it here.
---@return table
function interface.queryFlowAlertsRaw() end

---Nothing is behind it here.
function interface.incTotalHostAlerts() end

---Counts lines of a syslog script.
---@param ... integer
function interface.incSyslogStats(...) end

---Nothing is behind it here.
---@return boolean
function interface.processFlow() end

---Nothing is behind it here.
---@return table?
function interface.findFlowByKeyAndHashId() end

---Nothing is behind it here.
function interface.checkInterfaceAlerts() end

---Nothing is behind it here.
function interface.checkHostsAlerts() end

---Nothing is behind it here.
function interface.checkNetworksAlerts() end

---Nothing is behind it here.
function interface.reloadCompanions() end

---Nothing is behind it here.
---@return boolean
function interface.checkContext() end

---Nothing is behind it here.
function interface.storeTriggeredAlert() end

---Nothing is behind it here.
function interface.releaseTriggeredAlert() end

---Store, clock, names and facts; answers in every hook. The store is one for all plugins, bounded.
---@class ntop
ntop = {}

---"" if there is nothing.
---@param key string
---@return string
function ntop.getCache(key) end

---Expire in seconds.
---@param key string
---@param value string
---@param expire? integer
function ntop.setCache(key, value, expire) end

---Sets it when there is none.
---@param key string
---@param value string
---@param expire? integer
---@return boolean
function ntop.setnxCache(key, value, expire) end

---Forgets it.
---@param key string
function ntop.delCache(key) end

---Whether there is something.
---@param key string
---@return boolean
function ntop.existsCache(key) end

---The value after.
---@param key string
---@param amount? integer
---@return integer
function ntop.incrCache(key, amount) end

---Keys that match, * as wild card.
---@param pattern string
---@return table
function ntop.getKeysCache(pattern) end

---A value that outlives a restart, "" if none.
---@param key string
---@return string
function ntop.getPref(key) end

---Keeps a value over restarts.
---@param key string
---@param value string
function ntop.setPref(key, value) end

---A value of a hash.
---@param hash string
---@param key string
---@return string
function ntop.getHashCache(hash, key) end

---Sets one.
---@param hash string
---@param key string
---@param value string
function ntop.setHashCache(hash, key, value) end

---Forgets one.
---@param hash string
---@param key string
function ntop.delHashCache(hash, key) end

---Keys of a hash.
---@param hash string
---@return table
function ntop.getHashKeysCache(hash) end

---Keys and values of a hash.
---@param hash string
---@return table
function ntop.getHashAllCache(hash) end

---Members of a set.
---@param set string
---@return table
function ntop.getMembersCache(set) end

---Adds one.
---@param set string
---@param member string
function ntop.setMembersCache(set, member) end

---Removes one.
---@param set string
---@param member string
function ntop.delMembersCache(set, member) end

---Puts in front.
---@param list string
---@param value string
function ntop.lpushCache(list, value) end

---Puts behind.
---@param list string
---@param value string
function ntop.rpushCache(list, value) end

---Takes from the front.
---@param list string
---@return string
function ntop.lpopCache(list) end

---Takes from the end.
---@param list string
---@return string
function ntop.rpopCache(list) end

---A part.
---@param list string
---@param from integer
---@param to integer
---@return table
function ntop.lrangeCache(list, from, to) end

---Removes equal ones.
---@param list string
---@param value string
function ntop.lremCache(list, value) end

---Keeps a part.
---@param list string
---@param from integer
---@param to integer
function ntop.ltrimCache(list, from, to) end

---How many.
---@param list string
---@return integer
function ntop.llenCache(list) end

---How many calls.
---@return table
function ntop.getCacheStats() end

---How full.
---@return table
function ntop.getCacheStatus() end

---Version and features of the product.
---@return table
function ntop.getInfo() end

---Settings that 4.2's scripts read.
---@return table
function ntop.getPrefs() end

---Seconds.
---@return integer
function ntop.getUptime() end

---Seconds since 1970.
---@return integer
function ntop.getStartupEpoch() end

---A fine clock.
---@return integer
function ntop.getticks() end

---Ticks of that clock in a second.
---@return integer
function ntop.gettickspersec() end

---Seconds with a fraction.
---@return number
function ntop.gettimemsec() end

---When the current call must end.
---@return integer
function ntop.getDeadline() end

---Whether that is soon.
---@return boolean
function ntop.isDeadlineApproaching() end

---The product is stopping.
---@return boolean
function ntop.isShutdown() end

---Does nothing: scripts do not wait.
---@param ms integer
function ntop.msleep(ms) end

---Load and memory of the box.
---@return table
function ntop.systemHostStat() end

---Name and addresses of the box.
---@return table
function ntop.getHostInformation() end

---CIDR of a local network.
---@param id integer
---@return string
function ntop.getNetworkNameById(id) end

---Short, extended.
---@param mac string
---@return table
function ntop.getMacManufacturer(mac) end

---Name of a service.
---@param port integer
---@param protocol string
---@return string
function ntop.getservbyport(port, protocol) end

---Such as TLSv1.2.
---@param version integer
---@return string
function ntop.getTLSVersionName(version) end

---The name known of an address, or the address.
---@param ip string
---@return string
function ntop.getResolvedName(ip) end

---The same.
---@param ip string
---@return string
function ntop.resolveName(ip) end

---Asks the network; needs the permission network.
---@param name string
---@param v4? boolean
---@return string?
function ntop.resolveHost(name, v4) end

---Starts a ping; needs the permission network.
---@param host string
---@param v6? boolean
---@param continuous? boolean
---@return any
function ntop.pingHost(host, v6, continuous) end

---Answers to the pings of that kind: milliseconds by address; continuous: response_rate, min_rtt, max_rtt, mean, jitter.
---@param v6? boolean
---@param continuous? boolean
---@return table
function ntop.collectPingResults(v6, continuous) end

---Whether pings can be sent.
---@return boolean
function ntop.isPingAvailable() end

---False: pings leave where the box sends them.
---@return boolean
function ntop.isPingIfaceAvailable() end

---Needs the permission http.
---@param url string
---@param user? string
---@param password? string
---@param timeout? integer
---@return table?
function ntop.httpGet(url, user, password, timeout) end

---Needs the permission http.
---@param url string
---@param fields string
---@param user? string
---@param password? string
---@param timeout? integer
---@return table?
function ntop.httpPost(url, fields, user, password, timeout) end

---Needs the permission http.
---@param user string
---@param password string
---@param url string
---@param json string
---@param timeout? integer
---@return boolean
function ntop.postHTTPJsonData(user, password, url, json, timeout) end

---Needs the permission network.
---@param from string
---@param to string
---@param message string
---@param server string
---@param user? string
---@param password? string
---@return boolean
function ntop.sendMail(from, to, message, server, user, password) end

---Needs the permission network.
---@param host string
---@param port integer
---@param text string
---@return boolean
function ntop.send_udp_data(host, port, text) end

---Needs the permission network.
---@param host string
---@param port integer
---@param text string
---@param timeout? integer
---@return boolean
function ntop.send_tcp_data(host, port, text, timeout) end

---Hands a line to the recipients of type syslog.
---@param text string
---@param severity? integer
---@return boolean
function ntop.syslog(text, severity) end

---Nothing is behind it here.
---@return table?
function ntop.speedtest() end

---A recipient of alerts.
---@param id integer
function ntop.recipient_register(id) end

---Hands an alert to a recipient.
---@param id integer
---@param high boolean
---@param alert string
---@return boolean
function ntop.recipient_enqueue(id, high, alert) end

---Takes an alert that waits.
---@param id integer
---@param high boolean
---@return string?
function ntop.recipient_dequeue(id, high) end

---Ends a recipient.
---@param id integer
function ntop.recipient_delete(id) end

---What was delivered.
---@param id integer
---@return table
function ntop.recipient_stats(id) end

---Nothing is behind it here.
---@return string?
function ntop.popInternalAlerts() end

---A line in the log.
---@param level integer
---@param file string
---@param line integer
---@param text string
function ntop.traceEvent(level, file, line, text) end

---Whether debugging lines are wanted.
---@return boolean
function ntop.verboseTrace() end

---In hexadecimal.
---@param text string
---@return string
function ntop.md5(text) end

---An IPv4 address.
---@param number integer
---@return string
function ntop.inet_ntoa(number) end

---Whether it is an IPv6 address.
---@param text string
---@return boolean
function ntop.isIPv6(text) end

----1, 0 or 1.
---@param a string
---@param b string
---@return integer
function ntop.ipCmp(a, b) end

---The network of an address.
---@param ip string
---@param bits integer
---@return string
function ntop.networkPrefix(ip, bits) end

---The number with that bit.
---@param bitmap integer
---@param bit integer
---@return integer
function ntop.bitmapSet(bitmap, bit) end

---The number without that bit.
---@param bitmap integer
---@param bit integer
---@return integer
function ntop.bitmapClear(bitmap, bit) end

---Whether the bit is set.
---@param bitmap integer
---@param bit integer
---@return boolean
function ntop.bitmapIsSet(bitmap, bit) end

---Folders of the product, by name; files cannot be opened.
---@return table
function ntop.getDirs() end

---Folder of the plugins.
---@return string
function ntop.getCurrentPluginsDir() end

---The same.
---@return string
function ntop.getShadowPluginsDir() end

---Nothing is behind it here.
---@return boolean
function ntop.isPlugins0Dir() end

---Nothing is behind it here.
function ntop.swapPluginsDir() end

---Whether a plugin has such a file or folder among its data.
---@param path string
---@return boolean
function ntop.exists(path) end

---Whether a plugin has such a folder.
---@param path string
---@return boolean
function ntop.isdir(path) end

---Whether a plugin has such a file with something in it.
---@param path string
---@return boolean
function ntop.notEmptyFile(path) end

---Nothing is behind it here.
---@param path string
---@return integer
function ntop.fileLastChange(path) end

---Names in a data folder of a plugin, each under itself; empty elsewhere.
---@param path string
---@return table
function ntop.readdir(path) end

---Nothing is behind it here.
---@param path string
---@return boolean
function ntop.mkdir(path) end

---Nothing is behind it here.
---@param path string
---@return boolean
function ntop.rmdir(path) end

---Nothing is behind it here.
---@param path string
function ntop.setDefaultFilePermissions(path) end

---False.
---@return boolean
function ntop.isPro() end

---False.
---@return boolean
function ntop.isEnterprise() end

---False.
---@return boolean
function ntop.isEnterpriseM() end

---False.
---@return boolean
function ntop.isEnterpriseL() end

---False.
---@return boolean
function ntop.isnEdge() end

---False.
---@return boolean
function ntop.isnEdgeEnterprise() end

---Whether it is an appliance of ntop.
---@return boolean
function ntop.isAppliance() end

---Nothing is behind it here.
---@return boolean
function ntop.isPackage() end

---False.
---@return boolean
function ntop.isWindows() end

---True.
---@return boolean
function ntop.isAdministrator() end

---Whether mail can be sent.
---@return boolean
function ntop.isMailEnabled() end

---False.
---@return boolean
function ntop.hasLdapSupport() end

---False.
---@return boolean
function ntop.hasRadiusSupport() end

---False.
---@return boolean
function ntop.hasSpeedtestSupport() end

---"".
---@return string
function ntop.getHttpPrefix() end

---"".
---@return string
function ntop.getRandomCSRFValue() end

---Nothing is behind it here.
---@return boolean
function ntop.hasPluginsReloaded() end

---Nothing is behind it here.
function ntop.reloadPlugins() end

---Nothing is behind it here.
function ntop.reloadPeriodicScripts() end

---Nothing is behind it here.
function ntop.checkSystemScriptsMin() end

---Nothing is behind it here.
function ntop.checkSystemScripts5Min() end

---Nothing is behind it here.
function ntop.checkSystemScriptsHour() end

---Nothing is behind it here.
function ntop.checkSystemScriptsDay() end

---Our own additions. A plugin that is to run on ntopng too asks first whether the table is there: if spanwatch then … end.
---@class spanwatch
spanwatch = {}

---In interface hooks: devices of the segment: mac, vendor, name, alias, random_mac, router, online, first, last, addresses {ip, vlan, by, current, last}, changes {at, kind (new, address, taken, lost, left), ip, other}.
---@return table[]
function spanwatch.getDevices() end

---The name of the list of bad addresses and names that has it, or a network or domain around it.
---@param text string
---@return string?
function spanwatch.isListed(text) end

---The lists: name, addresses, networks, names, refused.
---@return table[]
function spanwatch.getLists() end

---0 for names of people and companies to 100 for noise; 60 and more is what programs make.
---@param name string
---@return integer
function spanwatch.getNameOddity(name) end

---Handshake or none.
---@return string?
function spanwatch.getFlowEnd() end

---When the server's certificate ends, seconds since 1970; costs less than flow.getTLSInfo().
---@return integer?
function spanwatch.getCertificateEnd() end

---Seconds of packet time since the plugins were started.
---@return integer
function spanwatch.getUptime() end

---Categories and units of scripts.
---@class user_scripts
---@field script_categories table Other, security, internals, network, system: the category of a script.
---@field field_units table Seconds, bytes, flows, packets, mbits, hosts, syn_sec, flow_sec, percentage, syn_min: unit of a threshold.
---@field operator_functions table Gt, lt, eq.
local user_scripts = {}

package.loaded["user_scripts"] = user_scripts

---Statuses of flows.
---@class flow_consts
---@field status_types table By name of the file in status_definitions, and those of ntopng; each has create(severity, ...), alert_severity, status_key.
---@field max_score integer 1024.
local flow_consts = {}

package.loaded["flow_consts"] = flow_consts

---Kinds, severities and granularities of alerts.
---@class alert_consts
---@field alert_types table By name of the file in alert_definitions, and those of ntopng; each has create(...).
---@field alert_severities table Debug, info, notice, warning, error, critical, alert, emergency.
---@field alerts_granularities table Min, 5mins, hour, day.
---@field alert_entities table Interface, host, network, flow, mac and more.
local alert_consts = {}

package.loaded["alert_consts"] = alert_consts

---Alerts of hosts, networks, interfaces and everything else that is no flow.
---@class alerts_api
local alerts_api = {}

---An alert that has no end.
---@param entity table
---@param info table
---@param when? integer
---@return boolean
function alerts_api.store(entity, info, when) end

---Engages an alert; confirmed by calling it again each run.
---@param entity table
---@param info table
---@param when? integer
---@param cur_alerts? table
---@return boolean
function alerts_api.trigger(entity, info, when, cur_alerts) end

---Ends an engaged alert.
---@param entity table
---@param info table
---@param when? integer
---@param cur_alerts? table
---@return boolean
function alerts_api.release(entity, info, when, cur_alerts) end

---Engages or releases by the configured threshold.
---@param params table
---@param alert_type table
---@param value number
---@return boolean?
function alerts_api.checkThresholdAlert(params, alert_type, value) end

---A host.
---@param ip string
---@param vlan? integer
---@return table
function alerts_api.hostAlertEntity(ip, vlan) end

---An interface.
---@param ifid integer
---@return table
function alerts_api.interfaceAlertEntity(ifid) end

---A network.
---@param cidr string
---@return table
function alerts_api.networkAlertEntity(cidr) end

---A device.
---@param mac string
---@return table
function alerts_api.macEntity(mac) end

---What was added since the run before.
---@param metric string
---@param granularity string
---@param value number
---@param skip_first? boolean
---@return number
function alerts_api.host_delta_val(metric, granularity, value, skip_first) end

---The same for the interface.
---@param metric string
---@param granularity string
---@param value number
---@param skip_first? boolean
---@return number
function alerts_api.interface_delta_val(metric, granularity, value, skip_first) end

---The same for a network.
---@param metric string
---@param granularity string
---@param value number
---@param skip_first? boolean
---@return number
function alerts_api.network_delta_val(metric, granularity, value, skip_first) end

---Bytes of an application from entity_info.
---@param info table
---@param name string
---@return integer
function alerts_api.application_bytes(info, name) end

---Bytes of a category from entity_info.
---@param info table
---@param name string
---@return integer
function alerts_api.category_bytes(info, name) end

package.loaded["alerts_api"] = alerts_api

---Numbers of alerts.
---@class alert_keys
---@field ntopng table Those of ntopng by name.
---@field user table Alert_user_01 to alert_user_05.
local alert_keys = {}

package.loaded["alert_keys"] = alert_keys

---Numbers of statuses.
---@class flow_keys
---@field ntopng table Those of ntopng by name.
---@field user table Status_user_01 to status_user_05.
local flow_keys = {}

package.loaded["flow_keys"] = flow_keys

---JSON.
---@class dkjson
local dkjson = {}

---A value as JSON.
---@param value any
---@return string
function dkjson.encode(value) end

---JSON as a value, nil when it is none.
---@param text string
---@return any
function dkjson.decode(text) end

package.loaded["dkjson"] = dkjson

---A text of this plugin ("plugin.name") or of the core, %{name} filled from data.
---@param key string
---@param data? table
---@return string?
function i18n(key, data) end

---A line in the log; levels are TRACE_ERROR, TRACE_WARNING, TRACE_NORMAL, TRACE_INFO, TRACE_DEBUG.
---@param level integer
---@param console integer
---@param text string
function traceError(level, console, text) end

---Nil or "".
---@param text any
---@return boolean
function isEmptyString(text) end

---A or b.
---@param condition any
---@param a any
---@param b any
---@return any
function ternary(condition, a, b) end

---Parts.
---@param text string
---@param delimiter string
---@return table
function split(text, delimiter) end

---Address@vlan.
---@param info table
---@return string
function hostinfo2hostkey(info) end

---Such as 1.50 MB.
---@param bytes number
---@return string
function bytesToSize(bytes) end

---With thousands.
---@param n number
---@return string
function formatValue(n) end

---Rounded.
---@param n number
---@param decimals? integer
---@return number
function round(n, decimals) end

---Such as 2 h, 5 min.
---@param seconds number
---@return string
function secondsToTime(seconds) end

---An IPv4 address.
---@param text string
---@return boolean
function isIPv4(text) end

---An IPv6 address.
---@param text string
---@return boolean
function isIPv6(text) end

---A MAC address.
---@param text string
---@return boolean
function isMacAddress(text) end

---Shows a table in the log.
---@param value any
function tprint(value) end
