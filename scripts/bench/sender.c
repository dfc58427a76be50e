/*
 * Sends frames through AF_PACKET, past the queueing disciplines: a traffic source for benches and tests.
 *
 *   sender INTERFACE [--size BYTES] [--count FRAMES] [--rate FRAMES_PER_SECOND] [--flows N] [--vlan ID]
 *                    [--kind udp|tcp|scan] [--from STEP]
 *
 * --size is the frame's length without FCS (60 to 1514), --rate 0 is as fast as it goes. Flow i has the addresses
 * 10.1.(i>>8).(i&255) -> 10.2.0.1 and the ports 1024+i -> 5000. Of kind tcp it opens with a handshake, then both sides send
 * small segments in turn; --from begins at that step (0 SYN, 1 SYN ACK, 2 ACK, then data), to go on with flows that
 * an earlier run opened. Of kind scan each frame is a SYN from a random source to a random address of 10.0.0.0/8.
 * Prints one line: frames sent, refused, seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, LONGEST = 1514 };

static unsigned char frames[BATCH][LONGEST];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint16_t ip_checksum(const unsigned char *header) {
  uint32_t sum = 0;
  for (int i = 0; i < 20; i += 2) sum += (uint32_t)(header[i] << 8 | header[i + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~(sum + (sum >> 16));
}

static void put16(unsigned char *at, unsigned value) {
  at[0] = (unsigned char)(value >> 8);
  at[1] = (unsigned char)value;
}

static void put32(unsigned char *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

static uint32_t drawn = 0x9e3779b9;

static uint32_t draw(void) {
  drawn ^= drawn << 13;
  drawn ^= drawn >> 17;
  return drawn ^= drawn << 5;
}

/* One segment: flags, numbers, from the client or the server. The TCP checksum stays 0. */
static void segment(unsigned char *frame, int size, uint32_t source, uint32_t target, unsigned sport, unsigned dport,
                    uint32_t seq, uint32_t ack, unsigned flags, int payload) {
  memset(frame, 0, (size_t)size);
  const int back = sport == 5000;
  memcpy(frame, back ? "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02" : "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01", 12);
  put16(frame + 12, ETH_P_IP);
  unsigned char *header = frame + 14, *tcp = header + 20;
  header[0] = 0x45;
  put16(header + 2, (unsigned)(40 + payload));
  header[8] = 64;
  header[9] = 6;
  put32(header + 12, source);
  put32(header + 16, target);
  put16(header + 10, ip_checksum(header));
  put16(tcp, sport);
  put16(tcp + 2, dport);
  put32(tcp + 4, seq);
  put32(tcp + 8, ack);
  tcp[12] = 0x50;
  tcp[13] = (unsigned char)flags;
  put16(tcp + 14, 0xffff);
  memset(tcp + 20, 'x', (size_t)payload);
}

static void fill_tcp(unsigned char *frame, int size, unsigned flow, long step) {
  const int payload = size - 54;
  const uint32_t client = 0x0a010000u + flow % 60000, server = 0x0a020001u;
  const unsigned sport = 5001 + flow % 60000;
  const uint32_t said = step < 3 ? 0 : (uint32_t)((step - 2) / 2 * payload), heard = step < 4 ? 0 : (uint32_t)((step - 3) / 2 * payload);
  if (step == 0) segment(frame, size, client, server, sport, 5000, 1000, 0, 2, 0);
  else if (step == 1) segment(frame, size, server, client, 5000, sport, 7000, 1001, 18, 0);
  else if (step == 2) segment(frame, size, client, server, sport, 5000, 1001, 7001, 16, 0);
  else if (step & 1) segment(frame, size, client, server, sport, 5000, 1001 + said, 7001 + heard, 24, payload);
  else segment(frame, size, server, client, 5000, sport, 7001 + heard, 1001 + said, 24, payload);
}

static void fill(unsigned char *frame, int size, unsigned flow, int vlan) {
  int ip = 14;
  memset(frame, 0, (size_t)size);
  memcpy(frame, "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01", 12);
  if (vlan >= 0) {
    put16(frame + 12, ETH_P_8021Q);
    put16(frame + 14, (unsigned)vlan);
    ip = 18;
  }
  put16(frame + ip - 2, ETH_P_IP);
  unsigned char *header = frame + ip, *udp = header + 20;
  header[0] = 0x45;
  put16(header + 2, (unsigned)(size - ip));
  header[8] = 64;
  header[9] = 17;
  memcpy(header + 12, (unsigned char[]){10, 1, (unsigned char)(flow >> 8), (unsigned char)flow, 10, 2, 0, 1}, 8);
  put16(header + 10, ip_checksum(header));
  put16(udp, 1024 + flow % 60000);
  put16(udp + 2, 5000);
  put16(udp + 4, (unsigned)(size - ip - 20));
}

int main(int argc, char **argv) {
  long count = 1000, rate = 0, flows = 1, from = 0;
  char kind = 'u';
  int size = 64, vlan = -1, one = 1;
  if (argc < 2) {
    fprintf(stderr, "usage: sender INTERFACE [--size N] [--count N] [--rate N] [--flows N] [--vlan ID] [--kind udp|tcp|scan] [--from STEP]\n");
    return 2;
  }
  for (int i = 2; i + 1 < argc; i += 2) {
    long value = atol(argv[i + 1]);
    if (strcmp(argv[i], "--size") == 0) size = (int)value;
    else if (strcmp(argv[i], "--count") == 0) count = value;
    else if (strcmp(argv[i], "--rate") == 0) rate = value;
    else if (strcmp(argv[i], "--flows") == 0) flows = value;
    else if (strcmp(argv[i], "--vlan") == 0) vlan = (int)value;
    else if (strcmp(argv[i], "--kind") == 0) kind = argv[i + 1][0];
    else if (strcmp(argv[i], "--from") == 0) from = value;
    else {
      fprintf(stderr, "sender: %s is not an option\n", argv[i]);
      return 2;
    }
  }
  if (size < 60 || size > LONGEST || flows < 1) {
    fprintf(stderr, "sender: --size must be 60 to %d, --flows at least 1\n", LONGEST);
    return 2;
  }
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    fprintf(stderr, "sender: opening %s: %s\n", argv[1], strerror(errno));
    return 1;
  }
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);

  struct iovec part[BATCH];
  struct mmsghdr message[BATCH];
  memset(message, 0, sizeof message);
  for (int i = 0; i < BATCH; i++) {
    part[i] = (struct iovec){frames[i], (size_t)size};
    message[i].msg_hdr.msg_iov = &part[i];
    message[i].msg_hdr.msg_iovlen = 1;
    fill(frames[i], size, (unsigned)(i % flows), vlan);
  }
  const double start = now();
  /* A slow sender sends in small bursts, so that the receiver sees the rate and not a comb. */
  const int batch = rate > 0 && rate < 20000 ? 4 : BATCH;
  long sent = 0, refused = 0;
  while (sent < count) {
    const int want = count - sent < batch ? (int)(count - sent) : batch;
    if (kind == 't')
      for (int i = 0; i < want; i++) fill_tcp(frames[i], size, (unsigned)((sent + i) % flows), from + (sent + i) / flows);
    else if (kind == 's')
      for (int i = 0; i < want; i++)
        segment(frames[i], size, draw() | 0x01000000u, 0x0a000000u | (draw() >> 8), 1024 + (draw() & 0x7fff), 80, draw(), 0, 2, 0);
    else if (flows > BATCH)
      for (int i = 0; i < want; i++) fill(frames[i], size, (unsigned)((sent + i) % flows), vlan);
    const int done = sendmmsg(fd, message, (unsigned)want, 0);
    if (done > 0) sent += done;
    else if (errno == ENOBUFS || errno == EAGAIN) refused++;
    else {
      fprintf(stderr, "sender: sending on %s: %s\n", argv[1], strerror(errno));
      return 1;
    }
    if (rate > 0) {
      const double ahead = (double)sent / (double)rate - (now() - start);
      if (ahead > 0) usleep((useconds_t)(ahead * 1e6));
    }
  }
  printf("%ld sent, %ld refused, %.3f s\n", sent, refused, now() - start);
  return 0;
}
