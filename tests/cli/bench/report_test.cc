#include "client/cli/bench/report.h"

#include "absl/strings/str_cat.h"
#include "client/cli/duration_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/cli/bench/example_report.h"

namespace activation::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// The same in an open loop whose calls waited to be sent.
Report OpenLoopReport() {
  Report report = ExampleReport();
  Point& point = report.outcome.points.front();
  point.load.rate = RateProfile{1000, 1000};
  for (int i = 0; i < 2000; ++i) point.result.uncorrected.Add(100);
  point.judgement = Judge(point.result, point.load);
  return report;
}

TEST(ReportTest, JsonHasSchemaRatesCodesAndPercentiles) {
  const auto json = nlohmann::json::parse(ReportJson(ExampleReport()));
  EXPECT_EQ(json["schema"], kReportSchema);
  EXPECT_EQ(json["workload"]["cases"][0]["function"], "gelu");
  EXPECT_EQ(json["load"]["concurrency"], 4);
  EXPECT_EQ(json["load"]["loop"], "closed");
  EXPECT_EQ(json["throughput"]["calls_per_second"], 1000);
  EXPECT_EQ(json["throughput"]["elements_per_second"], 2e6);
  EXPECT_EQ(json["throughput"]["bytes_per_second"], 16e6);
  EXPECT_EQ(json["codes"]["OK"], 2000);
  EXPECT_EQ(json["codes"]["UNAVAILABLE"], 3);
  EXPECT_EQ(json["wrong_replies"], 1);
  EXPECT_EQ(json["latency_ns"]["samples"], 2000);
  EXPECT_EQ(json["latency_ns"]["percentiles"]["p99"], 1000);
  EXPECT_TRUE(json["latency_ns"]["percentiles"]["p99.99"].is_null()) << "too few samples";
  EXPECT_EQ(json["timeline"]["answered"].size(), 10u);
  EXPECT_EQ(json["stages"]["mean_ns"]["wire"], 2000);
  EXPECT_TRUE(json["uncorrected_latency_ns"].is_null());
}

TEST(ReportTest, ConnectionsAreThoseThatWereOpened) {
  Report report = ExampleReport();
  report.connections = 2;
  report.outcome.points.front().load.threads = 4;
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["load"]["connections"], 4);
  EXPECT_THAT(ReportText(report), HasSubstr("on 4 connections, 4 threads"));
}

TEST(ReportTest, TextSaysTheSame) {
  const std::string text = ReportText(ExampleReport());
  EXPECT_THAT(text, HasSubstr("gelu:f32:1000:forward:exact:items=2"));
  EXPECT_THAT(text, HasSubstr("calls      2000, 1000/s"));
  EXPECT_THAT(text, HasSubstr("elements   2.00 million/s"));
  EXPECT_THAT(text, HasSubstr("tensors    16.00 MB/s"));
  EXPECT_THAT(text, HasSubstr("UNAVAILABLE 3"));
  EXPECT_THAT(text, HasSubstr("p50      1 us"));
  EXPECT_THAT(text, HasSubstr("p99.99   needs 100000 samples"));
  EXPECT_THAT(text, HasSubstr("client 1 us, wire 2 us, queue 100 ns, copy 300 ns, kernel 600 ns"));
}

TEST(ReportTest, AnOpenLoopShowsBothLatenciesAndSaysWhyTheyDiffer) {
  const Report report = OpenLoopReport();
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["latency_ns"]["percentiles"]["p99"], 1000);
  EXPECT_EQ(json["uncorrected_latency_ns"]["percentiles"]["p99"], 100);
  for (const std::string& text : {ReportText(report), ReportMarkdown(report), ReportHtml(report)}) {
    EXPECT_THAT(text, HasSubstr("p99 is 1 us from when calls were due and 100 ns from when"));
  }
}

TEST(ReportTest, TheTailIsAFigureOfItsOwn) {
  Report report = ExampleReport();
  report.outcome.points.front().result.tail = std::chrono::seconds(6);
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["load"]["elapsed_seconds"], 2);
  EXPECT_EQ(json["load"]["tail_seconds"], 6);
  EXPECT_EQ(json["throughput"]["calls_per_second"], 1000);
  EXPECT_THAT(ReportText(report), HasSubstr("measured for 2 s after 2 s of warm-up; the last "
                                            "reply came 6 s later"));
  EXPECT_THAT(ReportHtml(report),
              HasSubstr("<th>last reply, after the measured time</th><td>6 s</td>"));
}

TEST(ReportTest, WhatWaitedForAPlaceIsNotTheClients) {
  Report report = OpenLoopReport();
  EXPECT_THAT(ReportText(report), HasSubstr("of which   client 1 us"));
  report.outcome.points.front().result.stages.held = 3e9;
  EXPECT_THAT(ReportText(report), HasSubstr("of which   held 1.5 s, client 1 us"));
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["stages"]["mean_ns"]["held"], 1.5e9);
  // Each of the six has a colour, or the last is black on black.
  const std::string html = ReportHtml(report);
  for (int part = 0; part < 6; ++part) {
    EXPECT_THAT(html, HasSubstr(absl::StrCat("<rect class=\"f", part, "\"")));
    EXPECT_THAT(html, HasSubstr(absl::StrCat(".f", part, " {")));
  }
}

TEST(ReportTest, SaysWhyABaselineIsNone) {
  Report report = ExampleReport();
  report.baseline.emplace();
  report.baseline->echo = report.result();
  report.baseline->memcpy_bytes_per_second = 16e7;
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["baseline"]["valid"], true);
  EXPECT_THAT(ReportText(report), HasSubstr("of an echo 1.00 of its 1000 calls/s"));
  report.baseline->faults = {"3 calls of the echo failed"};
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["baseline"]["valid"], false);
  EXPECT_EQ(json["baseline"]["faults"][0], "3 calls of the echo failed");
  for (const std::string& text : {ReportText(report), ReportMarkdown(report), ReportHtml(report)}) {
    EXPECT_THAT(text, HasSubstr("3 calls of the echo failed"));
  }
}

// Both answer what is due, so that a share of it would say nothing of either.
TEST(ReportTest, InAnOpenLoopAnEchoHasALatencyAndNoShare) {
  Report report = OpenLoopReport();
  report.baseline.emplace();
  report.baseline->echo = report.result();
  report.baseline->memcpy_bytes_per_second = 16e7;
  EXPECT_THAT(ReportText(report), HasSubstr("bare echo  p50 1 us to its 1 us"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("| p50 of a bare echo | 1 us |"));
  EXPECT_THAT(ReportHtml(report), HasSubstr("<span>p50 of a bare echo</span>"));
  for (const std::string& text : {ReportText(report), ReportMarkdown(report), ReportHtml(report)}) {
    EXPECT_THAT(text, Not(HasSubstr("of memcpy")));
    EXPECT_THAT(text,
                Not(HasSubstr("calls/s</span></div>\n<div class=\"tile\"><b class=\"\">none")));
  }
}

TEST(ReportTest, AnEchoThatAnsweredNothingHasNoShare) {
  Report report = ExampleReport();
  report.baseline.emplace();
  report.baseline->echo.elapsed = seconds(1);
  report.baseline->memcpy_bytes_per_second = 16e7;
  report.baseline->faults = {"the echo answered no call"};
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["baseline"]["valid"], false);
  EXPECT_TRUE(json["baseline"]["share_of_echo"].is_null());
  EXPECT_EQ(json["baseline"]["echo"]["throughput"]["calls_per_second"], 0);
  EXPECT_THAT(ReportText(report), HasSubstr("of an echo none of its 0 calls/s"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("| share of a bare echo | none |"));
  for (const std::string& text : {ReportText(report), ReportMarkdown(report), ReportHtml(report)}) {
    EXPECT_THAT(text, HasSubstr("the echo answered no call"));
    EXPECT_THAT(text, Not(HasSubstr("nan")));
  }
}

TEST(ReportTest, PercentilesCountCallsThatWereNeverSent) {
  Report report = OpenLoopReport();
  report.outcome.points.front().result.unsent = 2000;
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["latency_ns"]["percentiles"]["p50"], 1000);
  EXPECT_TRUE(json["latency_ns"]["percentiles"]["p90"].is_null());
  EXPECT_THAT(ReportText(report), HasSubstr("p90      never sent"));
  EXPECT_THAT(ReportText(report), HasSubstr("p99.99   needs 100000 samples"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("| p90 | never sent |"));
  // What that is stands beside it, also where it is of a rate that a search left behind.
  EXPECT_THAT(ReportText(report), HasSubstr("\"never sent\" marks a rate that was not"));
  Point found = OpenLoopReport().outcome.points.front();
  report.outcome.points.push_back(found);
  report.outcome.headline = 1;
  report.experiment.pattern = Pattern::kSearch;
  EXPECT_THAT(ReportHtml(report), HasSubstr("never sent&quot; marks a rate that was not"));
  EXPECT_THAT(ReportText(report), HasSubstr("  SLO\n"));
  report.outcome.points.erase(report.outcome.points.begin() + 1);
  report.outcome.headline = 0;
  report.experiment.pattern = Pattern::kSingle;
  EXPECT_THAT(ReportHtml(report), HasSubstr("<b class=\"\">never sent</b><span>p99</span>"));
  EXPECT_THAT(ReportCsv(report), HasSubstr(",3,1,2000,1000,,,,,1000,1000,"));
  EXPECT_THAT(ReportHgrm(report), HasSubstr(" 0.500000000000       2000           2.00\n"));
}

TEST(ReportTest, WrongRepliesCountWhereverTheyCame) {
  Report report = ExampleReport();
  report.outcome.discarded_wrong = 4;
  EXPECT_EQ(report.wrong(), 5u);
}

TEST(ReportTest, ACsvLineHasAsManyFieldsAsThereAreNames) {
  const std::string csv = ReportCsv(ExampleReport());
  const size_t end = csv.find('\n');
  EXPECT_EQ(std::count(csv.begin(), csv.begin() + static_cast<long>(end), ','),
            std::count(csv.begin() + static_cast<long>(end), csv.end(), ','));
  EXPECT_THAT(csv, HasSubstr("\n4,,1000,2e+06,1.6e+07,2000,3,1,0,1000,1000,1000,,,1000,1000,true"));
}

TEST(ReportTest, HgrmEndsWithAllSamples) {
  const std::string text = ReportHgrm(ExampleReport());
  EXPECT_THAT(text, HasSubstr("       0.001 1.000000000000       2000\n"));
  EXPECT_THAT(text, HasSubstr("#[Total count    = 2000]"));
}

TEST(ReportTest, HtmlNeedsNothingElseAndEscapes) {
  const std::string html = ReportHtml(ExampleReport());
  for (const char* foreign : {"<script", "src=", "href=", "@import", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(foreign)));
  }
  EXPECT_THAT(html, HasSubstr("A &amp; B &lt;C&gt;"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
  for (const char* plot : {"Calls a second", "Latency over time", "Latency by percentile",
                           "Where a call's time goes"}) {
    EXPECT_THAT(html, HasSubstr(plot));
  }
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(ReportTest, ASweepIsDrawnWithItsKnee) {
  Report report = ExampleReport();
  report.experiment.pattern = Pattern::kSweep;
  const Point point = report.outcome.points.front();
  for (const int concurrency : {8, 16}) {
    report.outcome.points.push_back(point);
    report.outcome.points.back().load.concurrency = concurrency;
  }
  report.outcome.fit =
      ScalabilityFit{.rate = 300, .contention = 0.2, .r_squared = 0.9, .least = 4, .most = 16};
  const std::string html = ReportHtml(report);
  EXPECT_THAT(html, HasSubstr("Throughput against calls in flight"));
  EXPECT_THAT(html, HasSubstr("knee at 5.0"));
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["points"].size(), 3u);
}

// A sweep need not be in order, and the law is drawn where it was fitted.
TEST(ReportTest, TheFittedCurveGoesFromTheLeastToTheMostInFlight) {
  const auto drawn = [](const std::vector<int>& concurrencies) {
    Report report = ExampleReport();
    report.experiment.pattern = Pattern::kSweep;
    const Point point = report.outcome.points.front();
    report.outcome.points.clear();
    for (const int concurrency : concurrencies) {
      report.outcome.points.push_back(point);
      report.outcome.points.back().load.concurrency = concurrency;
    }
    report.outcome.fit =
        ScalabilityFit{.rate = 300, .contention = 0.2, .r_squared = 0.9, .least = 4, .most = 16};
    const std::string html = ReportHtml(report);
    const size_t curve = html.find("<path", html.find("Throughput against calls in flight"));
    return html.substr(curve, html.find("/>", curve) - curve);
  };
  EXPECT_EQ(drawn({8, 16, 4}), drawn({4, 8, 16}));
  EXPECT_THAT(drawn({4, 8, 16}), HasSubstr(" d=\"M"));
}

TEST(ReportTest, ANoteOnWhatWasFoundIsInEveryForm) {
  Report report = ExampleReport();
  report.outcome.notes = {"the points at 8 in flight are left out"};
  for (const std::string& text : {ReportText(report), ReportMarkdown(report), ReportHtml(report)}) {
    EXPECT_THAT(text, HasSubstr("the points at 8 in flight are left out"));
  }
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["notes"][0], report.outcome.notes[0]);
}

TEST(ReportTest, ASweepThatWasStoppedIsNotTakenForAWholeOne) {
  Report report = ExampleReport();
  EXPECT_THAT(report.notes(), Not(Contains(HasSubstr("stopped"))));
  report.outcome.points.push_back(report.outcome.main());
  report.outcome.points.back().result.stopped = true;
  EXPECT_THAT(report.notes(), Contains(HasSubstr("stopped before its time")));
}

TEST(ReportTest, ASearchSaysWhatItFoundOrWhyItDidNot) {
  Report report = ExampleReport();
  report.experiment.pattern = Pattern::kSearch;
  EXPECT_EQ(SearchText(report), "no rate that was tried meets the SLO");
  report.outcome.undecided = Undecided{.condition = "p99.9<2ms",
                                       .calls_needed = 10000,
                                       .rate = 50,
                                       .duration_needed = std::chrono::seconds(2200)};
  EXPECT_THAT(ReportText(report), HasSubstr("p99.9<2ms needs 10000 calls"));
  EXPECT_THAT(SearchText(report), HasSubstr("--duration=2200s"));
  report.outcome.undecided->duration_needed = std::chrono::hours(25);
  EXPECT_THAT(SearchText(report), HasSubstr("begin at a higher --rate"));
  report.outcome.points.back().result.stopped = true;
  EXPECT_EQ(SearchText(report), "the search was stopped before it found a rate");
  report.outcome.highest_rate = 70;
  EXPECT_EQ(SearchText(report), "70 calls/s meet the SLO, as far as the search came");
}

TEST(ReportTest, AFilesNameSaysItsForm) {
  const Report report = ExampleReport();
  EXPECT_EQ(ReportFor("a.html", report), ReportHtml(report));
  EXPECT_EQ(ReportFor("a.md", report), ReportMarkdown(report));
  EXPECT_EQ(ReportFor("a.csv", report), ReportCsv(report));
  EXPECT_EQ(ReportFor("a.hgrm", report), ReportHgrm(report));
  EXPECT_EQ(ReportFor("a.txt", report), ReportText(report));
  EXPECT_EQ(ReportFor("-", report), ReportJson(report));
}

TEST(ReportTest, ARunOfNothingHasNoRates) {
  Report report;
  report.outcome.points.resize(1);
  const auto json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["throughput"]["calls_per_second"], 0);
  EXPECT_TRUE(json["latency_ns"]["percentiles"]["p50"].is_null());
  EXPECT_THAT(ReportHtml(report), Not(HasSubstr("nan")));
}

TEST(DurationTextTest, ReadsWhatPeopleWrite) {
  EXPECT_EQ(ParseDuration("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(ParseDuration("2"), seconds(2));
  EXPECT_EQ(ParseDuration("1m30s"), seconds(90));
  EXPECT_EQ(ParseDuration("0"), seconds(0));
  for (const char* text : {"", "abc", "-1s", "-1", "nan", "inf", "1e300", "2 weeks"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(DurationTextTest, ThreeDigitsInTheUnitThatFits) {
  EXPECT_EQ(DurationText(nanoseconds(731)), "731 ns");
  EXPECT_EQ(DurationText(nanoseconds(15230)), "15.2 us");
  EXPECT_EQ(DurationText(nanoseconds(999999)), "1 ms");
  EXPECT_EQ(DurationText(microseconds(1043)), "1.04 ms");
  EXPECT_EQ(DurationText(seconds(3600)), "3600 s");
}

}  // namespace
}  // namespace activation::cli
