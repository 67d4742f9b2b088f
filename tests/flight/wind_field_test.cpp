#include "flight/wind_field.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "tests/flight/wind_probe.hpp"

namespace volery::test {
namespace {

using flight::WindField;
using flight::WindFieldConfig;

/// A velocity that is linear in the place: trilinear interpolation gives it exactly.
Vec3 linear(double x, double y, double z) {
  return {static_cast<float>(1 + 0.5 * x - y), static_cast<float>(2 * z),
          static_cast<float>(x + z)};
}

template <class At>
Value grid(int nx, int ny, int nz, At at) {
  Value::Array xs;
  for (int i = 0; i < nx; ++i) {
    Value::Array ys;
    for (int j = 0; j < ny; ++j) {
      Value::Array zs;
      for (int k = 0; k < nz; ++k) {
        const Vec3 v = at(i, j, k);
        zs.push_back(Value::Array{static_cast<double>(v.x), static_cast<double>(v.y),
                                  static_cast<double>(v.z)});
      }
      ys.push_back(zs);
    }
    xs.push_back(ys);
  }
  return xs;
}

WindFieldConfig linear_field() {
  WindFieldConfig config;
  config.origin_w_m = {-1, 0, 2};
  config.spacing_m = {0.5F, 1, 2};
  config.velocity_w_mps =
      grid(5, 3, 4, [](int i, int j, int k) { return linear(-1 + 0.5 * i, j, 2 + 2 * k); });
  return config;
}

constexpr float kNear_mps = 1e-5F;  // rounding of a few operations on numbers below 10

void expect_at(const WindField& field, Vec3 at, Vec3 expected) {
  const Vec3 v = field.at(at);
  EXPECT_NEAR(v.x, expected.x, kNear_mps) << at.x << ' ' << at.y << ' ' << at.z;
  EXPECT_NEAR(v.y, expected.y, kNear_mps) << at.x << ' ' << at.y << ' ' << at.z;
  EXPECT_NEAR(v.z, expected.z, kNear_mps) << at.x << ' ' << at.y << ' ' << at.z;
}

TEST(WindField, IsLinearBetweenEntries) {
  const WindField field(linear_field());
  for (const Vec3 at :
       {Vec3{-1, 0, 2}, Vec3{1, 2, 8}, Vec3{0.3F, 1.7F, 5.1F}, Vec3{-0.9F, 0.1F, 7.9F}}) {
    expect_at(field, at, linear(at.x, at.y, at.z));
  }
}

TEST(WindField, OutsideHoldsTheBorder) {
  const WindField field(linear_field());
  expect_at(field, {-50, 1, 4}, linear(-1, 1, 4));
  expect_at(field, {1e5F, -3, 99}, linear(1, 0, 8));
}

TEST(WindField, OneEntryAlongAnAxisIsUniformThere) {
  WindFieldConfig config;
  config.velocity_w_mps = grid(1, 2, 1, [](int, int j, int) {
    return Vec3{static_cast<float>(j), 0, 0};
  });
  const WindField field(config);
  expect_at(field, {33, 0.25F, -8}, {0.25F, 0, 0});
}

TEST(WindField, AddsToTheWind) {
  flight::WindConfig config;
  config.mean_w_mps = {1, 2, 3};
  config.field = linear_field();
  const flight::Wind wind(config, 0.1F);
  const Vec3 air = sample_wind(wind, {0, 0, {0.3F, 1.7F, 5.1F}});
  const Vec3 expected = linear(0.3, 1.7, 5.1) + Vec3{1, 2, 3};
  EXPECT_NEAR(air.x, expected.x, kNear_mps);
  EXPECT_NEAR(air.y, expected.y, kNear_mps);
  EXPECT_NEAR(air.z, expected.z, kNear_mps);
}

/// The message with which a field is refused.
std::string refusal(const Value& velocity, ErrorKind kind) {
  WindFieldConfig config;
  config.velocity_w_mps = velocity;
  try {
    const WindField field(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "not refused";
  return "";
}

TEST(WindField, RefusesWithPathAndIndex) {
  const auto with = [](double bad) {
    return grid(2, 2, 3, [bad](int i, int j, int k) {
      return i == 1 && j == 0 && k == 2 ? Vec3{0, static_cast<float>(bad), 0} : Vec3{};
    });
  };
  const std::string place = "wind.field.velocity_w_mps[1][0][2][1]";
  EXPECT_EQ(refusal(with(std::nan("")), ErrorKind::kValue).find(place), 0U);
  EXPECT_EQ(refusal(with(std::numeric_limits<double>::infinity()), ErrorKind::kValue).find(place),
            0U);
  EXPECT_EQ(refusal(with(51), ErrorKind::kValue), place + " = 51.000000: must be in [-50, 50] m/s");

  Value uneven = with(0);
  uneven.as<Value::Array>()[1].as<Value::Array>().pop_back();
  EXPECT_EQ(refusal(uneven, ErrorKind::kValue).find("wind.field.velocity_w_mps[1]: has 1 entries"),
            0U);
  EXPECT_EQ(refusal(Value::Array{}, ErrorKind::kValue)
                .find("wind.field.velocity_w_mps: has 0 entries, must have at least 1"),
            0U);
  Value text = with(0);
  text.as<Value::Array>()[0].as<Value::Array>()[1].as<Value::Array>()[0] = Value("calm");
  EXPECT_EQ(
      refusal(text, ErrorKind::kType).find("wind.field.velocity_w_mps[0][1][0]: must be an array"),
      0U);
  EXPECT_EQ(
      refusal(Value::Array{Value::Array{Value::Array{Value::Array{"a", 0, 0}}}}, ErrorKind::kType),
      "wind.field.velocity_w_mps[0][0][0][0]: must be a number, not a string");
  EXPECT_EQ(refusal(Value(3), ErrorKind::kType).find("wind.field.velocity_w_mps: must be an array"),
            0U);
}

/// A .npy file as NumPy writes it.
class NpyFile {
 public:
  NpyFile(const std::string& header, const std::string& data) {
    std::string padded = header;
    while ((10 + padded.size() + 1) % 64 != 0) padded += ' ';
    padded += '\n';
    std::ofstream file(path(), std::ios::binary);
    file << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(padded.size() & 0xFFU)
         << static_cast<char>(padded.size() >> 8U) << padded << data;
  }
  ~NpyFile() { std::remove(path().c_str()); }
  NpyFile(const NpyFile&) = delete;
  NpyFile& operator=(const NpyFile&) = delete;
  // tests run side by side, each in a process of its own
  [[nodiscard]] std::string path() const {
    return testing::TempDir() + "volery_wind_field_" + std::to_string(getpid()) + ".npy";
  }
};

template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  std::string bytes(numbers.size() * sizeof(Number), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

TEST(WindField, ReadsNumpyFiles) {
  const std::string shape = "'fortran_order': False, 'shape': (2, 1, 1, 3), }";
  WindFieldConfig config;
  {
    const NpyFile file("{'descr': '<f4', " + shape, bytes_of<float>({1, 2, 3, 5, 6, 7}));
    config.velocity_w_mps = file.path();
    expect_at(WindField(config), {0.5F, 0, 0}, {3, 4, 5});
  }
  {
    const NpyFile file("{'descr': '<f8', " + shape, bytes_of<double>({1, 2, 3, 5, 6, 7}));
    expect_at(WindField(config), {0.5F, 0, 0}, {3, 4, 5});
  }
}

TEST(WindField, RefusesOtherFiles) {
  const auto refused = [](const std::string& header, const std::string& data) {
    const NpyFile file(header, data);
    return refusal(Value(file.path()), ErrorKind::kValue);
  };
  const std::string six = bytes_of<float>({1, 2, 3, 5, 6, 7});
  const auto has = [](const std::string& text, const char* part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(refused("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1, 1, 3), }", six), "'<i4'");
  has(refused("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1, 1, 3), }", six), "Fortran");
  has(refused("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1, 1, 3), }", six),
      "as many numbers");
  has(refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", six),
      "has shape (2, 3), must have (nx, ny, nz, 3)");
  has(refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 1, 3), }",
              bytes_of<float>({1, 2, 3, 5, std::nanf(""), 7})),
      "[1][0][0][1] = nan");
  EXPECT_NE(refusal(Value("/nowhere/field.npy"), ErrorKind::kFile)
                .find("cannot read '/nowhere/field.npy'"),
            std::string::npos);
  const std::string other =
      testing::TempDir() + "volery_other_" + std::to_string(getpid()) + ".npy";
  std::ofstream(other) << "something else that is long enough";
  has(refusal(Value(other), ErrorKind::kValue), "is no .npy file");
  std::ofstream(other, std::ios::binary) << std::string("\x93NUMPY\x01\x00\xFF\xFF{'descr'", 18);
  has(refusal(Value(other), ErrorKind::kValue), "is cut short");
  std::remove(other.c_str());
}

}  // namespace
}  // namespace volery::test
