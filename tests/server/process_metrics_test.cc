#include "server/process_metrics.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/base/no_descriptors.h"

namespace activation {
namespace {

std::optional<double> OpenFiles() {
  for (const prometheus::MetricFamily& family : CollectProcessMetrics()) {
    if (family.name == "process_open_fds") return family.metric.at(0).gauge.value;
  }
  return std::nullopt;
}

TEST(ProcessMetricsTest, OpenFilesAreCounted) {
  const std::optional<double> before = OpenFiles();
  ASSERT_TRUE(before.has_value());
  const int one_more = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(OpenFiles(), *before + 1);
  close(one_more);
}

// The alert ActivationDescriptors fires where it is missing; a number below the most would silence
// it when it matters.
TEST(ProcessMetricsTest, WhatCannotBeCountedIsLeftOut) {
  // (And a sanitizer that looks at types with a descriptor of its own has seen them.)
  ASSERT_TRUE(OpenFiles().has_value());
  const NoDescriptors none;
  EXPECT_EQ(OpenFiles(), std::nullopt);
}

}  // namespace
}  // namespace activation
