#include "client/cli/bench/figures.h"
#include "client/cli/bench/report.h"
#include "client/cli/bench/workload_text.h"
#include "client/cli/json_text.h"
#include "nlohmann/json.hpp"

namespace activation::cli {
namespace {

using Json = nlohmann::ordered_json;

double Seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// null where there are too few samples, or it is one of the `unsent`.
Json PercentileJson(const Histogram& latency, double percent, uint64_t unsent = 0) {
  const auto value = latency.Percentile(percent, unsent);
  return value ? Json(*value) : Json();
}

// null where there is no number.
Json Maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json LatencyJson(const Histogram& latency, uint64_t unsent = 0) {
  Json percentiles;
  for (const double percent : kPercentiles) {
    percentiles[PercentName(percent)] = PercentileJson(latency, percent, unsent);
  }
  return {{"samples", latency.count()},
          {"min", latency.min()},
          {"mean", latency.mean()},
          {"max", latency.max()},
          {"relative_error", Histogram::kRelativeError},
          {"percentiles", percentiles}};
}

Json CaseJson(const Report::Case& one) {
  const CaseOptions& options = one.options;
  return {{"text", CaseText(options)},
          {"function", options.activation.function},
          {"parameters", options.activation.parameters},
          {"direction", options.gradient ? "gradient" : "forward"},
          {"dtype", NameOf(options.dtype)},
          {"tier", NameOf(options.activation.tier)},
          {"shape", options.shape},
          {"items", options.items},
          {"weight", options.weight},
          {"request_bytes", one.request_bytes},
          {"reply_bytes", one.reply_bytes}};
}

Json WorkloadJson(const Report& report) {
  Json cases = Json::array();
  for (const Report::Case& one : report.cases) cases.push_back(CaseJson(one));
  return {{"cases", cases},
          {"api", report.protocol.api == Api::kInfer ? "infer" : "own"},
          {"stream", report.protocol.stream},
          {"shared_memory", report.shared_memory},
          {"expect", report.expect == Expect::kEcho ? "echo" : "result"}};
}

const char* NameOfPattern(Pattern pattern) {
  constexpr const char* kNames[] = {"single", "sweep", "steps", "search"};
  return kNames[static_cast<int>(pattern)];
}

Json LoadJson(const Report& report) {
  const Load& load = report.load();
  const RunResult& result = report.result();
  Json json = {{"pattern", NameOfPattern(report.experiment.pattern)},
               {"loop", load.rate ? "open" : "closed"},
               {"concurrency", load.concurrency},
               {"threads", load.workers()},
               {"connections", ConnectionsOf(load, report.connections)},
               {"rate", Json()},
               {"arrivals", Json()},
               {"warm_up_seconds", Seconds(load.phases.warm_up)},
               {"duration_seconds", Seconds(load.phases.duration)},
               {"elapsed_seconds", result.seconds()},
               {"tail_seconds", Seconds(result.tail)},
               {"stopped_early", result.stopped},
               {"stopped_confident", result.confident}};
  if (load.rate) {
    json["rate"] = {{"first", load.rate->first}, {"last", load.rate->last}};
    json["arrivals"] = load.arrivals == Arrivals::kPoisson ? "poisson" : "constant";
  }
  return json;
}

Json ThroughputJson(const RunResult& result) {
  return {{"calls_per_second", result.calls_per_second()},
          {"elements_per_second", result.PerSecond(result.elements)},
          {"bytes_per_second", result.PerSecond(result.bytes)}};
}

Json CodesJson(const RunResult& result) {
  Json codes = Json::object();
  for (const auto& [code, count] : result.codes) codes[absl::StatusCodeToString(code)] = count;
  return codes;
}

Json StagesJson(const StageSums& stages) {
  if (stages.calls == 0) return {};
  Json means;
  for (const auto& [name, ns] : StagesOf(stages)) means[name] = ns;
  return {{"samples", stages.calls}, {"mean_ns", means}};
}

// Slices that are one stretch: its percentiles have samples where those of a slice have too few.
constexpr size_t kStretchLengths[] = {2, 5, 10};

Json StretchesJson(const RunResult& result) {
  Json all = Json::array();
  for (const size_t length : kStretchLengths) {
    Json p50 = Json::array(), p99 = Json::array();
    for (size_t end = length; end <= result.whole_slices(); end += length) {
      Histogram latency;
      for (size_t i = end - length; i < end; ++i) latency.Merge(result.slices[i].latency);
      p50.push_back(PercentileJson(latency, 50));
      p99.push_back(PercentileJson(latency, 99));
    }
    all.push_back({{"slices", length}, {"p50_ns", p50}, {"p99_ns", p99}});
  }
  return all;
}

Json TimelineJson(const RunResult& result) {
  Json answered = Json::array(), failed = Json::array();
  Json p50 = Json::array(), p99 = Json::array(), max = Json::array();
  for (size_t i = 0; i < result.whole_slices(); ++i) {
    const TimeSlice& slice = result.slices[i];
    answered.push_back(slice.answered);
    failed.push_back(slice.failed);
    p50.push_back(PercentileJson(slice.latency, 50));
    p99.push_back(PercentileJson(slice.latency, 99));
    max.push_back(slice.latency.max());
  }
  return {{"slice_seconds", Seconds(result.slice_length)},
          {"answered", answered},
          {"failed", failed},
          {"p50_ns", p50},
          {"p99_ns", p99},
          {"max_ns", max},
          {"stretches", StretchesJson(result)}};
}

Json PointJson(const Point& point) {
  const RunResult& result = point.result;
  return {{"concurrency", point.load.concurrency},
          {"rate", point.load.rate ? Json(point.load.rate->last) : Json()},
          {"throughput", ThroughputJson(result)},
          {"latency_ns", LatencyJson(result.latency, result.unsent)},
          {"codes", CodesJson(result)},
          {"wrong_replies", result.wrong},
          {"unsent", result.unsent},
          {"valid", point.judgement.valid()},
          {"met_slo", point.met_slo ? Json(*point.met_slo) : Json()}};
}

Json ScalabilityJson(const std::optional<ScalabilityFit>& fit) {
  if (!fit) return {};
  return {{"rate", fit->rate},           {"contention", fit->contention},
          {"crosstalk", fit->crosstalk}, {"r_squared", fit->r_squared},
          {"knee", Maybe(fit->knee())},  {"peak", Maybe(fit->peak())}};
}

Json SearchJson(const Report& report) {
  if (report.experiment.pattern != Pattern::kSearch) return {};
  Json slo = Json::array();
  for (const Threshold& threshold : report.experiment.slo) slo.push_back(threshold.text);
  Json json = {{"slo", slo}, {"highest_rate", Maybe(report.outcome.highest_rate)}};
  const auto& undecided = report.outcome.undecided;
  json["undecided"] = undecided
                          ? Json{{"condition", undecided->condition},
                                 {"calls_needed", undecided->calls_needed},
                                 {"rate", undecided->rate},
                                 {"duration_needed_seconds", undecided->duration_needed.count()}}
                          : Json();
  return json;
}

Json BaselineJson(const Report& report) {
  if (!report.baseline) return {};
  const Baseline& baseline = *report.baseline;
  return {{"valid", baseline.valid()},
          {"faults", baseline.faults},
          {"wrong_replies", baseline.echo.wrong},
          {"echo",
           {{"throughput", ThroughputJson(baseline.echo)},
            {"latency_ns", LatencyJson(baseline.echo.latency, baseline.echo.unsent)},
            {"busy", baseline.echo.busy}}},
          {"memcpy_bytes_per_second", baseline.memcpy_bytes_per_second},
          {"share_of_echo", Maybe(baseline.ShareOfEcho(report.result()))},
          {"share_of_memcpy", baseline.ShareOfMemcpy(report.result())}};
}

Json MachineJson(const Machine& machine) {
  return {{"processor", machine.processor},
          {"processors", machine.processors},
          {"memory_bytes", machine.memory_bytes},
          {"system", machine.system},
          {"load_average", machine.load_average},
          {"client", machine.client},
          {"grpc", machine.grpc}};
}

Json ServerJson(const std::optional<client::ServerInfo>& server) {
  if (!server) return {};
  Json devices = Json::array();
  for (const client::DeviceInfo& device : server->devices) {
    devices.push_back(device.backend + ": " + DeviceText(device));
  }
  return {{"version", server->version},
          {"instruction_set", server->instruction_set},
          {"devices", devices}};
}

}  // namespace

std::string ReportJson(const Report& report) {
  const RunResult& result = report.result();
  const Judgement& judgement = report.outcome.main().judgement;
  const bool open = report.load().rate.has_value();
  Json points = Json::array();
  if (report.experiment.pattern != Pattern::kSingle) {
    for (const Point& point : report.outcome.points) points.push_back(PointJson(point));
  }
  const Json json = {
      {"schema", kReportSchema},
      {"time", report.machine.time},
      {"address", report.address},
      {"server", ServerJson(report.server)},
      {"machine", MachineJson(report.machine)},
      {"workload", WorkloadJson(report)},
      {"load", LoadJson(report)},
      {"valid", judgement.valid()},
      {"faults", judgement.faults},
      {"notes", report.notes()},
      {"throughput", ThroughputJson(result)},
      {"codes", CodesJson(result)},
      {"wrong_replies", report.wrong()},
      {"busy", result.busy},
      {"held_back", result.held_back},
      {"unsent", result.unsent},
      {"latency_ns", LatencyJson(result.latency, result.unsent)},
      {"uncorrected_latency_ns", open ? LatencyJson(result.uncorrected) : Json()},
      {"failed_latency_ns", result.failures.count() > 0 ? LatencyJson(result.failures) : Json()},
      {"send_lateness_ns", open ? LatencyJson(result.lateness) : Json()},
      {"stages", StagesJson(result.stages)},
      {"timeline", TimelineJson(result)},
      {"points", points},
      {"scalability", ScalabilityJson(report.outcome.fit)},
      {"search", SearchJson(report)},
      {"baseline", BaselineJson(report)}};
  return JsonText(json, 2);
}

}  // namespace activation::cli
