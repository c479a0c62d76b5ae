#include "tests/backends/cuda/kernels/tensors.h"

#include <algorithm>
#include <cstring>
#include <future>

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/launch.h"

namespace activation::cuda {
namespace {

constexpr std::byte kBlank{0xa5};

// Where two outputs first differ, or their size.
size_t FirstDifference(GuardedBytes& a, GuardedBytes& b) {
  return static_cast<size_t>(std::mismatch(a.data(), a.data() + a.size(), b.data()).first -
                             a.data());
}

std::string Describe(const Evaluation& evaluation) {
  std::string text = Catalogue()[evaluation.function].name;
  for (const absl::string_view part :
       {Name(evaluation.direction), Name(evaluation.dtype), Name(evaluation.tier)}) {
    text.append(" ").append(part.data(), part.size());
  }
  return text + ", " + std::to_string(evaluation.count) + " elements";
}

}  // namespace

GuardedBytes::GuardedBytes(std::vector<std::byte> contents, size_t offset)
    : lines_((offset + contents.size()) / sizeof(Line) + 3),
      size_(contents.size()),
      offset_(offset) {
  std::memset(lines_.data(), static_cast<int>(kBlank), lines_.size() * sizeof(Line));
  std::copy(contents.begin(), contents.end(), data());
}

GuardedBytes GuardedBytes::Blank(size_t bytes, size_t offset) {
  return {std::vector<std::byte>(bytes, kBlank), offset};
}

bool GuardedBytes::is_guard_intact() const {
  if (lines_.empty()) return true;
  const auto is_blank = [](std::byte byte) { return byte == kBlank; };
  const std::byte* const begin = lines_[0].bytes;
  return std::all_of(begin, begin + start(), is_blank) &&
         std::all_of(begin + start() + size_, begin + memory_bytes(), is_blank);
}

Evaluation Job::Bound() {
  Evaluation bound = evaluation;
  bound.x = x.data();
  bound.dy = dy.data();
  bound.out = out.data();
  bound.weight = weight.data();
  bound.parameter_gradients = reinterpret_cast<double*>(parameter_gradients.data());
  bound.weight_gradient = weight_gradient.data();
  return bound;
}

void MakeOutputs(Job& job, bool parameters, bool weights, size_t offset) {
  const Evaluation& evaluation = job.evaluation;
  job.out = GuardedBytes::Blank(OutputCount(evaluation) * SizeOf(evaluation.dtype), offset);
  if (parameters) job.parameter_gradients = GuardedBytes::Blank(kMaxParams * sizeof(double), 0);
  if (weights)
    job.weight_gradient = GuardedBytes::Blank(evaluation.weight_count * sizeof(double), 0);
}

void RunOnCpu(std::vector<Job>& jobs) {
  static const auto& backend = *new std::unique_ptr<Backend>(MakeCpuBackend());
  std::vector<Evaluation> evaluations;
  for (Job& job : jobs) evaluations.push_back(job.Bound());
  std::promise<absl::Status> status;
  backend->Run(
      evaluations, [] { return absl::OkStatus(); },
      [&](absl::Status result) { status.set_value(std::move(result)); });
  ASSERT_EQ(status.get_future().get(), absl::OkStatus());
}

void RunOnHost(std::vector<Job>& jobs) {
  std::vector<Evaluation> evaluations;
  for (Job& job : jobs) evaluations.push_back(job.Bound());
  RunOnHost(evaluations);
}

void RunOnHost(absl::Span<const Evaluation> evaluations) {
  const JobTable table(evaluations);
  // Elsewhere than it was built, as it is on a device.
  GuardedBytes copy({table.bytes().begin(), table.bytes().end()}, 0);
  GuardedBytes scratch = GuardedBytes::Blank(table.scratch_bytes(), 0);
  RunOnHost(table.groups(), copy.data(), scratch.data());
  EXPECT_TRUE(scratch.is_guard_intact());
}

void ExpectSameBits(std::vector<Job>& wanted, std::vector<Job>& found) {
  ASSERT_EQ(wanted.size(), found.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    for (GuardedBytes Job::*const output :
         {&Job::out, &Job::parameter_gradients, &Job::weight_gradient}) {
      GuardedBytes& a = wanted[i].*output;
      GuardedBytes& b = found[i].*output;
      const Evaluation& evaluation = wanted[i].evaluation;
      const size_t size = output == &Job::out ? SizeOf(evaluation.dtype) : sizeof(double);
      ASSERT_EQ(a.size(), b.size());
      const size_t difference = FirstDifference(a, b) / size;
      if (difference < a.size() / size) {
        uint64_t words[3] = {};
        std::memcpy(&words[0], a.data() + difference * size, size);
        std::memcpy(&words[1], b.data() + difference * size, size);
        const bool has_x = output == &Job::out && difference < evaluation.count;
        if (has_x) std::memcpy(&words[2], wanted[i].x.data() + difference * size, size);
        ADD_FAILURE() << Describe(evaluation) << ": element " << difference << " is " << std::hex
                      << words[1] << ", not " << words[0] << ", at x = " << words[2];
      }
      EXPECT_TRUE(b.is_guard_intact()) << Describe(evaluation);
    }
  }
}

void ExpectCpuBitsOnHost(std::vector<Job> jobs) {
  std::vector<Job> found = jobs;
  RunOnCpu(jobs);
  RunOnHost(found);
  ExpectSameBits(jobs, found);
}

void ExpectCpuBitsOnGpu(std::vector<Job> jobs) {
  std::vector<Job> found = jobs;
  RunOnCpu(jobs);
  ASSERT_EQ(RunOnGpu(found), "");
  ExpectSameBits(jobs, found);
}

namespace {

void ExpectResultsOver(GuardedBytes Job::*input, std::vector<Job>& wanted,
                       std::vector<Job>& found) {
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE((found[i].*input).is_guard_intact()) << Describe(found[i].evaluation);
    EXPECT_EQ(FirstDifference(wanted[i].out, found[i].*input), wanted[i].out.size())
        << Describe(found[i].evaluation) << ", job " << i;
  }
}

}  // namespace

void ExpectCpuBitsOverInputOnHost(std::vector<Job> jobs, GuardedBytes Job::*input) {
  std::vector<Job> found = jobs;
  RunOnCpu(jobs);
  std::vector<Evaluation> in_place;
  for (Job& job : found) {
    in_place.push_back(job.Bound());
    in_place.back().out = (job.*input).data();
  }
  RunOnHost(in_place);
  ExpectResultsOver(input, jobs, found);
}

void ExpectCpuBitsOverXOnGpu(std::vector<Job> jobs) {
  std::vector<Job> found = jobs;
  RunOnCpu(jobs);
  ASSERT_EQ(RunOnGpu(found, Output::kOverX), "");
  ExpectResultsOver(&Job::x, jobs, found);
}

}  // namespace activation::cuda
