// Messages as rows of an agent: what it sends in this step and what it has received.
//
// The outbox is the end of the action, so it is written with the action. The inbox is written by
// the radio alone; its rows are laid out as they are observed, so that to observe them is to copy
// them.
#pragma once

#include "state/fields.hpp"

namespace volery {

/// Addresses other than an agent's index; groups count from the number of agents on.
enum Address : int {
  kReply = -2,      // whom the newest message in the inbox is from
  kBroadcast = -1,  // everyone who hears it
};

struct MessageRows {
  [[nodiscard]] bool any() const noexcept { return data >= 0; }

  // the outbox
  int data = -1;     // first row of the payload; -1: there is no radio
  int size = 0;      // rows of the payload
  int length = -1;   // of payloads of bytes: the last of their rows; else -1
  int send = -1;     // sent where > 0
  int to = -1;       // an Address; -1 where all messages are broadcast
  int channel = -1;  // -1 where there is one channel

  // the inbox: `slots` slots of `slot_size` rows each, the filled ones first
  int inbox = -1;
  int slots = 0;
  int slot_size = 0;
  // rows of a slot, those that are not observed -1
  int valid = 0;      // 1 where the slot holds a message; else all its rows are 0
  int age = 1;        // seconds since it was sent
  int distance = -1;  // to the sender when it was sent, m
  int bearing = -1;   // 3  where the sender was then, unit, in the receiver's body frame
  int velocity = -1;  // 3  of the sender then, relative to the receiver, m/s, in its body frame
  int sender = -1;    // index of the sender
  int payload = 2;    // first row of the payload
  int from = -1;      // [slots] 1 + the index of the sender, 0 where the slot is empty
  int sent = -1;      // [slots] the step in which it was sent
  int counts = -1;    // the first of radio::Count
  int num_counts = 0;
};

}  // namespace volery
