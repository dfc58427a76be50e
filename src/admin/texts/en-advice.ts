/** English texts that explain findings: what it means (m) and what to do (d), by flow status, alert type and flow risk. */
export const enAdvice = {
  'advice.unexpected_dns.m':
    'A device asked a DNS server that is not on your list. Somebody set another resolver by hand, an app brings its own, or malware hides its look-ups.',
  'advice.unexpected_dns.d':
    'Look at the device: is its DNS set by hand? If the server is meant to be used, add it to the allowed ones; if only this device may, exclude it.',
  'advice.unexpected_dhcp.m':
    'A DHCP server that is not on your list answered. It can hand out a wrong gateway and take over the traffic of others.',
  'advice.unexpected_dhcp.d':
    'Find the device by its MAC address. Often it is a router plugged in the wrong way round. If it is yours, add it to the allowed servers.',
  'advice.unexpected_ntp.m':
    'A device takes its time from a server that is not on your list. Mostly harmless: many devices bring their own.',
  'advice.unexpected_ntp.d':
    'Allow the server, or exclude the device, unless you want all clocks to follow your own server.',
  'advice.unexpected_smtp.m':
    'A device sends mail past your mail server. Printers and scanners do that when set up so, and so do infected machines that send spam.',
  'advice.unexpected_smtp.d':
    'Check whether the device has a reason to send mail. If it has, allow the server for it; if not, take it off the network and look for malware.',
  'advice.blacklisted_country.m': 'One side lies in a country on your list.',
  'advice.blacklisted_country.d':
    'See which name and protocol the flow has. Large providers have servers everywhere: exclude the domain if it is wanted.',
  'advice.blacklisted.m': 'One side is on a list of known bad addresses or names.',
  'advice.blacklisted.d':
    'See what else this device did around that time. Lists have false entries: look the address up before you act.',
  'advice.remote_to_remote.m':
    'Both ends lie outside your networks. Either the local networks are not set completely, or the mirror shows traffic that is not yours.',
  'advice.remote_to_remote.d':
    'Check the local networks in the settings first; this is the reason nine times out of ten.',
  'advice.udp_unidirectional.m':
    'A device sends and nobody answers. The service may be down, a firewall may block it, or the mirror shows one direction only.',
  'advice.udp_unidirectional.d':
    'If this comes for many flows, look at the doctor on the Health page: the mirror may carry one direction only.',
  'advice.web_mining.m': 'The traffic looks like the mining of a crypto currency.',
  'advice.web_mining.d':
    'Ask whether somebody mines on purpose. If not, look for unknown programs and browser extensions on the device.',
  'advice.flow_risk.m': 'Protocol detection found something about this flow that is risky by itself.',
  'advice.flow_risk.d':
    'Decide whether this server may be so. If it may, exclude it; what you fix on the server ends the alert for everybody.',
  'advice.longlived.m':
    'The flow lasts longer than allowed. VPNs, remote desktops and monitoring do that; so do tunnels that let somebody in.',
  'advice.longlived.d':
    'Find out which program holds it open. For known ones, name the protocol as an exception in the settings of the script.',
  'advice.elephant.m':
    'The flow moved more than allowed. Backups and updates do that; so does somebody who carries data away.',
  'advice.elephant.d':
    'See who is at the other end and when it happened. Name wanted protocols as exceptions in the settings of the script.',
  'advice.exfiltration.m': 'The flow carries data where that protocol should not: a way to take data out unnoticed.',
  'advice.exfiltration.d':
    'Take this seriously: look at the names asked for or the payload in the capture file, and at the program on the device.',
  'advice.known_proto_on_non_std_port.m':
    'A known protocol runs on a port that it is not at home on. Some people do that on purpose; some hide so.',
  'advice.known_proto_on_non_std_port.d': 'If the service is yours, exclude its address and port.',
  'advice.suspicious_file_transfer.m': 'A program or an archive was loaded over a channel without protection.',
  'advice.suspicious_file_transfer.d':
    'See from where. Drivers and updates of older devices come so; anything else deserves a look.',
  'advice.tls_certificate_expired.m': 'The certificate of the server has run out, so nobody can be sure who answers.',
  'advice.tls_certificate_expired.d':
    'If the server is yours, renew its certificate. If it is not, tell its owner or exclude it.',
  'advice.tls_certificate_mismatch.m':
    'The certificate is for another name than the one asked for. Wrong setup, or somebody in between.',
  'advice.tls_certificate_mismatch.d':
    'Compare the names in the flow. On your own servers, add the name to the certificate.',
  'advice.tls_certificate_selfsigned.m':
    'The server signed its certificate itself. Usual for devices at home, bad for anything on the internet.',
  'advice.tls_certificate_selfsigned.d': 'For your own devices, exclude them. For servers outside, be careful.',
  'advice.tls_old.m': 'The connection uses a version or a cipher of TLS that is no longer safe.',
  'advice.tls_old.d': 'Update the older side. If that cannot be done, keep it in a network of its own and exclude it.',
  'advice.potentially_dangerous.m':
    'The protocol is often misused: for anonymous access, sharing of illegal files, or control from far away.',
  'advice.potentially_dangerous.d':
    'Ask whether it is used on purpose. If it is, exclude this device and this protocol.',
  'advice.tcp_issues.m':
    'Connections between these two lose or repeat many packets. A weak radio link, a bad cable or an overloaded server.',
  'advice.tcp_issues.d':
    'See which side repeats. First rule out that the mirror itself loses packets: the capture quality is on this page.',
  'advice.tcp_probing.m': 'Connections are opened and dropped, as one does to find out which doors are open.',
  'advice.tcp_probing.d': 'If a scanner or a monitoring system of yours does that, exclude it as a source.',
  'advice.low_goodput.m': 'Most of the traffic is overhead; little of it is data.',
  'advice.low_goodput.d': 'Nothing urgent. It hints at a broken service or at an application that polls too often.',
  'advice.device_protocol_not_allowed.m': 'This kind of device should not speak this protocol.',
  'advice.device_protocol_not_allowed.d':
    'Check what the device really is, then allow the protocol for its kind or look at what runs on it.',
  'advice.malicious_signature.m': 'The fingerprint of the program that opened this connection is known from malware.',
  'advice.malicious_signature.d':
    'Fingerprints are shared by many programs. See who asked for which name before you judge.',
  'advice.dns_invalid_query.m': 'A name was asked for that cannot exist in this form.',
  'advice.dns_invalid_query.d':
    'Look at the name. Random ones come from malware or from browsers that test the network.',
  'advice.tcp_syn_flood.m':
    'A host opens, or gets, more connections per second than the limit: an attack, a scan, or a busy server with a limit that is too low.',
  'advice.tcp_syn_flood.d': 'See where the connections go. Raise the limit in the setting if this host is simply busy.',
  'advice.flows_flood.m': 'A host makes, or gets, more new flows per second than the limit.',
  'advice.flows_flood.d':
    'File sharing, DNS servers and scanners do so by nature: raise the limit or exclude this host.',
  'advice.tcp_syn_scan.m': 'A host tries many connections that nobody answers, as one does to find open doors.',
  'advice.tcp_syn_scan.d': 'If it is a scanner of yours, exclude it. If it is not, find out what runs on this host.',
  'advice.threshold_cross.m': 'A figure crossed the limit that was set for it.',
  'advice.threshold_cross.d': 'If this is normal here, raise the limit in the setting that is named above.',
  'advice.too_many_drops.m': 'The capture lost packets, so that everything counted in that time is too low.',
  'advice.too_many_drops.d': 'Look at the doctor on the Health page. Mirror fewer ports, or use a faster box.',
  'advice.mac_ip_association_change.m':
    'An address moved to another device. DHCP does that, and so does somebody who pretends to be another.',
  'advice.mac_ip_association_change.d': 'If the address is that of your router or a server, look into it at once.',
  'advice.new_device.m': 'A device was seen for the first time.',
  'advice.new_device.d': 'If you know it, give it a name on the Devices page.',
  'advice.request_reply_ratio.m':
    'Far fewer answers than questions: the server is down, blocked, or does not want to answer.',
  'advice.request_reply_ratio.d':
    'Ask the server yourself. If the mirror shows one direction only, no answer can be seen at all.',
  'advice.internals.m': 'This is about the box itself, not about your network.',
  'advice.internals.d': 'The Health page says more.',

  'advice.risk.1': 'A request carries script text, as one does to make a page of somebody else run it.',
  'advice.risk.2': 'A request carries words of a database query, as one does to make a server reveal its data.',
  'advice.risk.3': 'A request carries a command, as one does to make a server run it.',
  'advice.risk.4': 'A program was loaded over a channel without protection.',
  'advice.risk.5': 'A known protocol runs on a port that it is not at home on.',
  'advice.risk.6': 'The server signed its certificate itself: nobody vouches for who it is.',
  'advice.risk.7': 'TLS 1.1 or older, which is no longer safe.',
  'advice.risk.8': 'A cipher that can be broken.',
  'advice.risk.9': 'The certificate has run out.',
  'advice.risk.10': 'The certificate is for another name than the one asked for.',
  'advice.risk.11': 'The program that asks names itself in an odd way, as malware and scanners do.',
  'advice.risk.12': 'A bare address was asked for instead of a name. Devices at home do that, and so does malware.',
  'advice.risk.13': 'The address asked for looks like an attack.',
  'advice.risk.14': 'A header is odd in a way that browsers never produce.',
  'advice.risk.15': 'It is TLS, but probably not a web page: a VPN or another tunnel.',
  'advice.risk.16': 'The name looks as if a machine had made it up, as malware does to find its master.',
  'advice.risk.17': 'A packet does not follow its protocol.',
  'advice.risk.18': 'The SSH client is old, or uses ciphers that can be broken.',
  'advice.risk.19': 'The SSH server is old, or uses ciphers that can be broken.',
  'advice.risk.20': 'SMB 1, through which the great worms came.',
  'advice.risk.21': 'The name of the server is hidden in an unusual way.',
  'advice.risk.22': 'The protocol has no protection: passwords and data can be read on the way.',
  'advice.risk.23': 'DNS is used in a way that looks-ups do not need; a tunnel may run through it.',
  'advice.risk.24': 'TLS without the name of the server: old programs and some malware do that.',
  'advice.risk.25': 'The content is not what the server says it is.',
  'advice.risk.26': 'The network of the other side has a bad name.',
  'advice.risk.27': 'The domain has a bad name.',
  'advice.risk.28': 'The fingerprint of the client is known from malware.',
  'advice.risk.29': 'The certificate is known from malware.',
  'advice.risk.30': 'Somebody shares a screen or files: wanted, or somebody has taken over.',
  'advice.risk.31': 'TLS carries a protocol that is rarely seen.',
  'advice.risk.32': 'The certificate is valid for longer than any authority would sign.',
  'advice.risk.33': 'TLS extensions are odd in a way that usual programs do not produce.',
  'advice.risk.34': 'One side broke the TLS connection off with an error.',
  'advice.risk.35': 'The data is more, or less, random than this protocol should be.',
  'advice.risk.36':
    'A password went over the network in the clear. Change it, and switch the service to an encrypted one.',
  'advice.risk.37': 'A DNS packet is larger than usual; a tunnel may run through it.',
  'advice.risk.38': 'A DNS message came in pieces, which can be used to slip wrong answers in.',
  'advice.risk.39': 'Characters that do not belong there: a broken program, or an attack.',
  'advice.risk.40': 'It looks like an attack on a known hole. Look at both sides.',
  'advice.risk.41': 'The certificate runs out soon.',
  'advice.risk.42': 'The name holds letters of other scripts, which can imitate known names.',
  'advice.risk.43': 'The server answered with an error.',
  'advice.risk.44': 'A program reads pages, not a person.',
  'advice.risk.45': 'The other side hides who it is.',
  'advice.risk.46': 'Only one side speaks.',
  'advice.risk.47': 'The web server is so old that it has known holes.',
  'advice.risk.48': 'The same flow comes at a steady pace, as programs do that call home.',
  'advice.risk.49': 'Small things that are wrong but rarely matter.',
  'advice.risk.50': 'The connection was refused, reset or never answered.',
  'advice.risk.51': 'Everything is encrypted from the first byte and no protocol can be told.',
  'advice.risk.52': 'The name and the protocol that were asked for do not fit together.',
  'advice.risk.53': 'The device spoke to a host that is known for malware. Take it off the network and look.',
  'advice.risk.54': 'A program or another binary file was sent.',
  'advice.risk.55': 'Somebody tries which doors are open.',
  'advice.risk.56': 'The traffic is made to look like something else.',

  'status.normal': 'Normal',
  'status.blacklisted': 'Blacklisted',
  'status.blacklisted_country': 'Country on your list',
  'status.blocked': 'Blocked',
  'status.data_exfiltration': 'Data carried away',
  'status.device_protocol_not_allowed': 'Protocol that this device should not speak',
  'status.dns_data_exfiltration': 'Data carried away by DNS',
  'status.dns_invalid_query': 'Impossible DNS name',
  'status.elephant_local_to_remote': 'Much sent to the outside',
  'status.elephant_remote_to_local': 'Much received from the outside',
  'status.external_alert': 'Finding of another system',
  'status.longlived': 'Lasts long',
  'status.low_goodput': 'Little data',
  'status.malicious_signature': 'Fingerprint of malware',
  'status.not_purged': 'Not cleaned up',
  'status.potentially_dangerous': 'Often misused protocol',
  'status.remote_to_remote': 'Both ends outside',
  'status.suspicious_tcp_probing': 'Doors are tried',
  'status.suspicious_tcp_syn_probing': 'Doors are tried (SYN)',
  'status.tcp_connection_issues': 'Connection has trouble',
  'status.tcp_connection_refused': 'Connection refused',
  'status.tcp_severe_connection_issues': 'Connection has severe trouble',
  'status.tls_certificate_expired': 'TLS certificate expired',
  'status.tls_certificate_mismatch': 'TLS certificate for another name',
  'status.tls_old_protocol_version': 'Old TLS version',
  'status.tls_unsafe_ciphers': 'Weak TLS cipher',
  'status.udp_unidirectional': 'Nobody answers',
  'status.web_mining_detected': 'Mining of crypto currency',
  'status.tls_certificate_selfsigned': 'Self-signed TLS certificate',
  'status.suspicious_file_transfer': 'Program over an open channel',
  'status.known_proto_on_non_std_port': 'Known protocol on another port',
  'status.flow_risk': 'Risky flow',
  'status.unexpected_dhcp': 'Unexpected DHCP server',
  'status.unexpected_dns': 'Unexpected DNS server',
  'status.unexpected_smtp': 'Unexpected mail server',
  'status.unexpected_ntp': 'Unexpected time server',
} as const;
