// Journal: who is told of everything that comes into a batch from outside, in order. What a
// recording is written from (io/recording.hpp); results never depend on one being attached.
#pragma once

namespace volery {

class Journal {
 public:
  virtual ~Journal() = default;
};

}  // namespace volery
