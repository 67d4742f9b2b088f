// The bytes of a radio packet, 32 of them, in recordings and in the pipe to the viewer.
#pragma once

#include "io/bytes.hpp"
#include "volery/radio.hpp"

namespace volery::io {

inline void write_packet(const Packet& packet, ByteWriter& to) {
  to.number(packet.world);
  to.number(packet.step);
  to.number(packet.sender);
  to.number(packet.receiver);
  to.number(packet.fate);
  to.number(packet.delay_steps);
  to.number(packet.bytes);
  to.number(packet.distance_m);
}

[[nodiscard]] inline Packet read_packet(ByteReader& from) {
  Packet packet;
  const auto take = [&from]<class Number>(Number& to) { to = from.number<Number>(); };
  take(packet.world);
  take(packet.step);
  take(packet.sender);
  take(packet.receiver);
  take(packet.fate);
  take(packet.delay_steps);
  take(packet.bytes);
  take(packet.distance_m);
  return packet;
}

}  // namespace volery::io
