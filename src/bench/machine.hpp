// What figures depend on: the machine and how busy it is.
#pragma once

#include <string>

namespace volery::bench {

/// Model name of the first CPU, "unknown" where the system does not say.
[[nodiscard]] std::string cpu_name();
[[nodiscard]] int num_cpus();
/// Runnable threads of the whole machine over the last minute, this process included.
[[nodiscard]] double load_average();
/// Memory of this process that is in use now (bytes); 0 where the system does not tell.
[[nodiscard]] double resident_bytes();

}  // namespace volery::bench
