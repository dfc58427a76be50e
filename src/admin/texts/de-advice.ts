/** Deutsche Texte, die Befunde erklären: was es heißt (m) und was zu tun ist (d). */
export const deAdvice = {
  'advice.unexpected_dns.m':
    'Ein Gerät fragte einen DNS-Server, der nicht auf der Liste steht. Jemand hat von Hand einen anderen eingestellt, eine App bringt ihren eigenen mit, oder Schadsoftware verbirgt ihre Anfragen.',
  'advice.unexpected_dns.d':
    'Am Gerät nachsehen: Ist sein DNS von Hand eingestellt? Ist der Server gewollt, zu den erlaubten hinzufügen; darf ihn nur dieses Gerät benutzen, ausnehmen.',
  'advice.unexpected_dhcp.m':
    'Ein DHCP-Server, der nicht auf der Liste steht, hat geantwortet. Er kann ein falsches Gateway verteilen und fremden Verkehr an sich ziehen.',
  'advice.unexpected_dhcp.d':
    'Das Gerät über seine MAC-Adresse suchen. Oft ist es ein verkehrt herum angeschlossener Router. Ist er gewollt, zu den erlaubten Servern hinzufügen.',
  'advice.unexpected_ntp.m':
    'Ein Gerät holt seine Zeit von einem Server, der nicht auf der Liste steht. Meist harmlos: Viele Geräte bringen ihren eigenen mit.',
  'advice.unexpected_ntp.d':
    'Den Server erlauben oder das Gerät ausnehmen, außer alle Uhren sollen dem eigenen Server folgen.',
  'advice.unexpected_smtp.m':
    'Ein Gerät sendet Post am eigenen Mailserver vorbei. Drucker und Scanner tun das, wenn man sie so einrichtet; befallene Rechner, die Spam senden, auch.',
  'advice.unexpected_smtp.d':
    'Hat das Gerät einen Grund, Post zu senden? Wenn ja, den Server dafür erlauben; wenn nein, vom Netz nehmen und nach Schadsoftware suchen.',
  'advice.blacklisted_country.m': 'Eine Seite liegt in einem Land, das auf der Liste steht.',
  'advice.blacklisted_country.d':
    'Name und Protokoll des Flows ansehen. Große Anbieter haben überall Server: Ist die Domain gewollt, ausnehmen.',
  'advice.blacklisted.m': 'Eine Seite steht auf einer Liste bekannter schlechter Adressen oder Namen.',
  'advice.blacklisted.d':
    'Ansehen, was dieses Gerät um diese Zeit sonst tat. Listen irren auch: Die Adresse nachschlagen, bevor man handelt.',
  'advice.remote_to_remote.m':
    'Beide Enden liegen außerhalb der eigenen Netze. Entweder sind die lokalen Netze nicht vollständig eingestellt, oder der Spiegelport zeigt fremden Verkehr.',
  'advice.remote_to_remote.d':
    'Zuerst die lokalen Netze in den Optionen prüfen; in neun von zehn Fällen liegt es daran.',
  'advice.udp_unidirectional.m':
    'Ein Gerät sendet, und niemand antwortet. Der Dienst steht, eine Firewall sperrt ihn, oder der Spiegelport zeigt nur eine Richtung.',
  'advice.udp_unidirectional.d':
    'Kommt das bei vielen Flows, den Doktor auf der Seite „Zustand“ ansehen: Vielleicht zeigt der Spiegelport nur eine Richtung.',
  'advice.web_mining.m': 'Der Verkehr sieht nach dem Schürfen einer Kryptowährung aus.',
  'advice.web_mining.d':
    'Schürft jemand mit Absicht? Wenn nicht, auf dem Gerät nach unbekannten Programmen und Browsererweiterungen suchen.',
  'advice.flow_risk.m': 'Die Protokollerkennung fand an diesem Flow etwas, das für sich riskant ist.',
  'advice.flow_risk.d':
    'Entscheiden, ob dieser Server so sein darf. Wenn ja, ausnehmen; was man am Server behebt, beendet den Alarm für alle.',
  'advice.longlived.m':
    'Der Flow dauert länger als erlaubt. VPNs, Fernzugriffe und Überwachung tun das; Tunnel, die jemanden hereinlassen, auch.',
  'advice.longlived.d':
    'Herausfinden, welches Programm ihn offen hält. Bekannte Protokolle in den Werten der Prüfung als Ausnahme nennen.',
  'advice.elephant.m':
    'Der Flow bewegte mehr als erlaubt. Sicherungen und Updates tun das; jemand, der Daten fortträgt, auch.',
  'advice.elephant.d':
    'Ansehen, wer am anderen Ende ist und wann es war. Gewollte Protokolle in den Werten der Prüfung als Ausnahme nennen.',
  'advice.exfiltration.m':
    'Der Flow trägt Daten, wo dieses Protokoll keine haben sollte: ein Weg, Daten unbemerkt hinauszubringen.',
  'advice.exfiltration.d':
    'Ernst nehmen: die erfragten Namen oder den Inhalt im Mitschnitt ansehen, und das Programm auf dem Gerät.',
  'advice.known_proto_on_non_std_port.m':
    'Ein bekanntes Protokoll läuft auf einem Port, auf dem es nicht zu Hause ist. Manche tun das mit Absicht, manche verstecken sich so.',
  'advice.known_proto_on_non_std_port.d': 'Gehört der Dienst hierher, seine Adresse und seinen Port ausnehmen.',
  'advice.suspicious_file_transfer.m': 'Ein Programm oder ein Archiv wurde über eine ungeschützte Verbindung geladen.',
  'advice.suspicious_file_transfer.d':
    'Ansehen, woher. Treiber und Updates älterer Geräte kommen so; alles andere verdient einen Blick.',
  'advice.tls_certificate_expired.m':
    'Das Zertifikat des Servers ist abgelaufen; niemand kann sicher sein, wer da antwortet.',
  'advice.tls_certificate_expired.d':
    'Beim eigenen Server das Zertifikat erneuern. Beim fremden den Betreiber ansprechen oder ausnehmen.',
  'advice.tls_certificate_mismatch.m':
    'Das Zertifikat gilt für einen anderen Namen als den erfragten. Falsch eingerichtet, oder jemand sitzt dazwischen.',
  'advice.tls_certificate_mismatch.d':
    'Die Namen im Flow vergleichen. Beim eigenen Server den Namen ins Zertifikat aufnehmen.',
  'advice.tls_certificate_selfsigned.m':
    'Der Server hat sein Zertifikat selbst unterschrieben. Bei Geräten zu Hause üblich, im Internet schlecht.',
  'advice.tls_certificate_selfsigned.d': 'Eigene Geräte ausnehmen. Bei Servern außerhalb vorsichtig sein.',
  'advice.tls_old.m': 'Die Verbindung benutzt eine Version oder ein Verfahren von TLS, das nicht mehr sicher ist.',
  'advice.tls_old.d': 'Die ältere Seite aktualisieren. Geht das nicht, in ein eigenes Netz stellen und ausnehmen.',
  'advice.potentially_dangerous.m':
    'Dieses Protokoll wird oft missbraucht: für anonymen Zugang, zum Tauschen verbotener Dateien oder zur Steuerung aus der Ferne.',
  'advice.potentially_dangerous.d':
    'Wird es mit Absicht benutzt? Wenn ja, dieses Gerät und dieses Protokoll ausnehmen.',
  'advice.tcp_issues.m':
    'Verbindungen zwischen diesen beiden verlieren oder wiederholen viele Pakete. Schwaches Funknetz, schlechtes Kabel oder überlasteter Server.',
  'advice.tcp_issues.d':
    'Ansehen, welche Seite wiederholt. Erst ausschließen, dass der Spiegelport selbst Pakete verliert: Die Güte des Mitschnitts steht auf dieser Seite.',
  'advice.tcp_probing.m':
    'Verbindungen werden geöffnet und fallen gelassen, wie man es tut, um offene Türen zu finden.',
  'advice.tcp_probing.d': 'Tut das ein eigener Scanner oder eine Überwachung, als Quelle ausnehmen.',
  'advice.low_goodput.m': 'Der Verkehr besteht zum größten Teil aus Verpackung, kaum aus Daten.',
  'advice.low_goodput.d':
    'Nichts Dringendes. Es deutet auf einen kaputten Dienst oder ein Programm, das zu oft nachfragt.',
  'advice.device_protocol_not_allowed.m': 'Geräte dieser Art sollten dieses Protokoll nicht sprechen.',
  'advice.device_protocol_not_allowed.d':
    'Prüfen, was das Gerät wirklich ist; dann das Protokoll für seine Art erlauben oder nachsehen, was darauf läuft.',
  'advice.malicious_signature.m':
    'Der Fingerabdruck des Programms, das diese Verbindung öffnete, ist von Schadsoftware bekannt.',
  'advice.malicious_signature.d':
    'Viele Programme teilen sich Fingerabdrücke. Erst ansehen, wer nach welchem Namen fragte.',
  'advice.dns_invalid_query.m': 'Es wurde nach einem Namen gefragt, den es so nicht geben kann.',
  'advice.dns_invalid_query.d':
    'Den Namen ansehen. Zufällige kommen von Schadsoftware oder von Browsern, die das Netz prüfen.',
  'advice.tcp_syn_flood.m':
    'Ein Host öffnet oder bekommt mehr Verbindungen je Sekunde als die Grenze: ein Angriff, eine Suche, oder ein viel benutzter Server mit zu niedriger Grenze.',
  'advice.tcp_syn_flood.d':
    'Ansehen, wohin die Verbindungen gehen. Ist der Host nur viel benutzt, die Grenze in der Prüfung anheben.',
  'advice.flows_flood.m': 'Ein Host macht oder bekommt mehr neue Flows je Sekunde als die Grenze.',
  'advice.flows_flood.d':
    'Tauschbörsen, DNS-Server und Scanner tun das von Natur aus: Grenze anheben oder diesen Host ausnehmen.',
  'advice.tcp_syn_scan.m':
    'Ein Host versucht viele Verbindungen, auf die niemand antwortet, wie man es tut, um offene Türen zu finden.',
  'advice.tcp_syn_scan.d':
    'Ist es ein eigener Scanner, ausnehmen. Wenn nicht, herausfinden, was auf diesem Host läuft.',
  'advice.threshold_cross.m': 'Eine Größe hat die Grenze überschritten, die für sie gesetzt ist.',
  'advice.threshold_cross.d': 'Ist das hier normal, die Grenze in der oben genannten Prüfung anheben.',
  'advice.too_many_drops.m': 'Der Mitschnitt verlor Pakete; alles, was in dieser Zeit gezählt wurde, ist zu niedrig.',
  'advice.too_many_drops.d':
    'Den Doktor auf der Seite „Zustand“ ansehen. Weniger Ports spiegeln oder ein schnelleres Gerät nehmen.',
  'advice.mac_ip_association_change.m':
    'Eine Adresse zog zu einem anderen Gerät um. DHCP tut das; jemand, der sich als ein anderer ausgibt, auch.',
  'advice.mac_ip_association_change.d': 'Ist es die Adresse des Routers oder eines Servers, sofort nachsehen.',
  'advice.new_device.m': 'Ein Gerät wurde zum ersten Mal gesehen.',
  'advice.new_device.d': 'Ist es bekannt, ihm auf der Seite „Geräte“ einen Namen geben.',
  'advice.request_reply_ratio.m':
    'Viel weniger Antworten als Fragen: Der Server steht, ist gesperrt oder will nicht antworten.',
  'advice.request_reply_ratio.d':
    'Den Server selbst fragen. Zeigt der Spiegelport nur eine Richtung, ist gar keine Antwort zu sehen.',
  'advice.internals.m': 'Hier geht es um das Gerät selbst, nicht um das Netz.',
  'advice.internals.d': 'Die Seite „Zustand“ sagt mehr.',

  'advice.risk.1': 'Eine Anfrage enthält Skripttext, wie man ihn einer fremden Seite unterschiebt.',
  'advice.risk.2': 'Eine Anfrage enthält Wörter einer Datenbankabfrage, wie man sie benutzt, um Daten herauszulocken.',
  'advice.risk.3': 'Eine Anfrage enthält einen Befehl, den der Server ausführen soll.',
  'advice.risk.4': 'Ein Programm wurde über eine ungeschützte Verbindung geladen.',
  'advice.risk.5': 'Ein bekanntes Protokoll läuft auf einem Port, auf dem es nicht zu Hause ist.',
  'advice.risk.6': 'Der Server hat sein Zertifikat selbst unterschrieben: Niemand bürgt für ihn.',
  'advice.risk.7': 'TLS 1.1 oder älter, das nicht mehr sicher ist.',
  'advice.risk.8': 'Ein Verfahren, das sich brechen lässt.',
  'advice.risk.9': 'Das Zertifikat ist abgelaufen.',
  'advice.risk.10': 'Das Zertifikat gilt für einen anderen Namen als den erfragten.',
  'advice.risk.11': 'Das fragende Programm nennt sich seltsam, wie Schadsoftware und Scanner es tun.',
  'advice.risk.12':
    'Es wurde eine nackte Adresse statt eines Namens erfragt. Geräte zu Hause tun das, Schadsoftware auch.',
  'advice.risk.13': 'Die erfragte Adresse sieht nach einem Angriff aus.',
  'advice.risk.14': 'Ein Kopfeintrag ist seltsam, wie ihn kein Browser schreibt.',
  'advice.risk.15': 'Es ist TLS, aber wohl keine Webseite: ein VPN oder ein anderer Tunnel.',
  'advice.risk.16': 'Der Name sieht aus wie von einer Maschine erfunden, wie Schadsoftware es tut.',
  'advice.risk.17': 'Ein Paket hält sich nicht an sein Protokoll.',
  'advice.risk.18': 'Der SSH-Client ist alt oder benutzt Verfahren, die sich brechen lassen.',
  'advice.risk.19': 'Der SSH-Server ist alt oder benutzt Verfahren, die sich brechen lassen.',
  'advice.risk.20': 'SMB 1, durch das die großen Würmer kamen.',
  'advice.risk.21': 'Der Name des Servers ist auf ungewöhnliche Weise verborgen.',
  'advice.risk.22': 'Das Protokoll schützt nichts: Passwörter und Daten lassen sich unterwegs lesen.',
  'advice.risk.23': 'DNS wird benutzt, wie es zum Nachschlagen nicht nötig ist; ein Tunnel mag hindurchgehen.',
  'advice.risk.24': 'TLS ohne den Namen des Servers: Alte Programme tun das und manche Schadsoftware.',
  'advice.risk.25': 'Der Inhalt ist nicht, was der Server behauptet.',
  'advice.risk.26': 'Das Netz der anderen Seite hat einen schlechten Ruf.',
  'advice.risk.27': 'Die Domain hat einen schlechten Ruf.',
  'advice.risk.28': 'Der Fingerabdruck des Clients ist von Schadsoftware bekannt.',
  'advice.risk.29': 'Das Zertifikat ist von Schadsoftware bekannt.',
  'advice.risk.30': 'Jemand gibt einen Bildschirm oder Dateien frei: gewollt, oder jemand hat übernommen.',
  'advice.risk.31': 'TLS trägt ein Protokoll, das man selten sieht.',
  'advice.risk.32': 'Das Zertifikat gilt länger, als eine Stelle es unterschreiben würde.',
  'advice.risk.33': 'Die TLS-Erweiterungen sind seltsam, wie übliche Programme sie nicht schreiben.',
  'advice.risk.34': 'Eine Seite brach die TLS-Verbindung mit einem Fehler ab.',
  'advice.risk.35': 'Die Daten sind zufälliger oder weniger zufällig, als dieses Protokoll es sein sollte.',
  'advice.risk.36':
    'Ein Passwort ging im Klartext durchs Netz. Ändern, und den Dienst auf einen verschlüsselten umstellen.',
  'advice.risk.37': 'Ein DNS-Paket ist größer als üblich; ein Tunnel mag hindurchgehen.',
  'advice.risk.38': 'Eine DNS-Nachricht kam in Stücken; so lassen sich falsche Antworten unterschieben.',
  'advice.risk.39': 'Zeichen, die dort nicht hingehören: ein kaputtes Programm oder ein Angriff.',
  'advice.risk.40': 'Es sieht nach einem Angriff auf eine bekannte Lücke aus. Beide Seiten ansehen.',
  'advice.risk.41': 'Das Zertifikat läuft bald ab.',
  'advice.risk.42': 'Der Name enthält Buchstaben anderer Schriften, die bekannte Namen nachahmen können.',
  'advice.risk.43': 'Der Server antwortete mit einem Fehler.',
  'advice.risk.44': 'Ein Programm liest Seiten, kein Mensch.',
  'advice.risk.45': 'Die andere Seite verbirgt, wer sie ist.',
  'advice.risk.46': 'Nur eine Seite spricht.',
  'advice.risk.47': 'Der Webserver ist so alt, dass er bekannte Lücken hat.',
  'advice.risk.48': 'Derselbe Flow kommt in stetem Takt, wie bei Programmen, die nach Hause rufen.',
  'advice.risk.49': 'Kleinigkeiten, die falsch sind, aber selten zählen.',
  'advice.risk.50': 'Die Verbindung wurde abgelehnt, abgebrochen oder nie beantwortet.',
  'advice.risk.51': 'Alles ist vom ersten Byte an verschlüsselt, und kein Protokoll ist zu erkennen.',
  'advice.risk.52': 'Erfragter Name und erfragtes Protokoll passen nicht zusammen.',
  'advice.risk.53':
    'Das Gerät sprach mit einem Host, der für Schadsoftware bekannt ist. Vom Netz nehmen und nachsehen.',
  'advice.risk.54': 'Ein Programm oder eine andere Binärdatei wurde gesendet.',
  'advice.risk.55': 'Jemand probiert, welche Türen offen sind.',
  'advice.risk.56': 'Der Verkehr ist so gemacht, dass er nach etwas anderem aussieht.',

  'status.normal': 'Normal',
  'status.blacklisted': 'Auf einer schwarzen Liste',
  'status.blacklisted_country': 'Land auf der Liste',
  'status.blocked': 'Gesperrt',
  'status.data_exfiltration': 'Daten hinausgetragen',
  'status.device_protocol_not_allowed': 'Protokoll, das dieses Gerät nicht sprechen sollte',
  'status.dns_data_exfiltration': 'Daten über DNS hinausgetragen',
  'status.dns_invalid_query': 'Unmöglicher DNS-Name',
  'status.elephant_local_to_remote': 'Viel nach außen gesendet',
  'status.elephant_remote_to_local': 'Viel von außen empfangen',
  'status.external_alert': 'Befund eines anderen Systems',
  'status.longlived': 'Dauert lange',
  'status.low_goodput': 'Wenig Daten',
  'status.malicious_signature': 'Fingerabdruck von Schadsoftware',
  'status.not_purged': 'Nicht aufgeräumt',
  'status.potentially_dangerous': 'Oft missbrauchtes Protokoll',
  'status.remote_to_remote': 'Beide Enden außerhalb',
  'status.suspicious_tcp_probing': 'Türen werden probiert',
  'status.suspicious_tcp_syn_probing': 'Türen werden probiert (SYN)',
  'status.tcp_connection_issues': 'Verbindung hat Mühe',
  'status.tcp_connection_refused': 'Verbindung abgelehnt',
  'status.tcp_severe_connection_issues': 'Verbindung hat große Mühe',
  'status.tls_certificate_expired': 'TLS-Zertifikat abgelaufen',
  'status.tls_certificate_mismatch': 'TLS-Zertifikat für anderen Namen',
  'status.tls_old_protocol_version': 'Alte TLS-Version',
  'status.tls_unsafe_ciphers': 'Schwaches TLS-Verfahren',
  'status.udp_unidirectional': 'Niemand antwortet',
  'status.web_mining_detected': 'Schürfen einer Kryptowährung',
  'status.tls_certificate_selfsigned': 'Selbst unterschriebenes TLS-Zertifikat',
  'status.suspicious_file_transfer': 'Programm über offene Verbindung',
  'status.known_proto_on_non_std_port': 'Bekanntes Protokoll auf anderem Port',
  'status.flow_risk': 'Riskanter Flow',
  'status.unexpected_dhcp': 'Unerwarteter DHCP-Server',
  'status.unexpected_dns': 'Unerwarteter DNS-Server',
  'status.unexpected_smtp': 'Unerwarteter Mailserver',
  'status.unexpected_ntp': 'Unerwarteter Zeitserver',
} as const;
