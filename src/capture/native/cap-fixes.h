/*
 * Put before npm cap's source when scripts/build-native compiles it.
 *  - The package looks for pcap_set_immediate_mode with dlopen("libpcap.so"), a name that only development packages install:
 *    without it packets come up to a second late.
 *  - It asks for the interface's IPv4 network, which only a filter would need, and prints a warning on every mirror port.
 */
#include <dlfcn.h>
#include <pcap/pcap.h>
#define dlsym(library, name) ((void)(library), (void *)pcap_set_immediate_mode)
#define pcap_lookupnet(device, net, mask, error) ((void)(error), *(net) = 0, *(mask) = 0, 0)
