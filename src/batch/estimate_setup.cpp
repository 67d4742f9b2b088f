// Where a config asks for an estimator.
#include "batch/setup.hpp"
#include "volery/error.hpp"

namespace volery::batch {

namespace {

void refuse_estimator_config(const Value& config) {
  if (!config.is_table()) {
    throw Error(ErrorKind::kType,
                std::string("config.estimator_config: must be a table, not ") + config.type_name());
  }
  if (!config.table().empty()) {
    throw Error(ErrorKind::kValue,
                "config.estimator_config." + config.table().begin()->first +
                    ": config.estimator is \"none\"; the estimator is \"complementary\"");
  }
}

}  // namespace

void put_estimator(Setup& setup) {
  const BatchConfig& config = setup.config;
  if (config.estimator == EstimatorKind::kNone) {
    refuse_estimator_config(config.estimator_config);
    return;
  }
  const float tick_s = 1.0F / static_cast<float>(config.control_rate_hz);
  auto wrapped = std::make_unique<EstimatedController>(
      std::move(setup.controller), config.estimator_config, tick_s, setup.step_s,
      config.flight.gravity_mps2, setup.agent_fields);
  setup.estimator = wrapped.get();
  setup.controller = std::move(wrapped);
}

}  // namespace volery::batch
