#include "client/cli/bench/scalability.h"

#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace activation::cli {
namespace {

constexpr int kTerms = 3;
using Vector = std::array<double, kTerms>;
using Matrix = std::array<Vector, kTerms>;

// N / X is linear in what is sought: its terms are 1, N - 1 and N (N - 1).
Vector TermsOf(double n) { return {1, n - 1, n * (n - 1)}; }

// Solves the equations of the terms in `used`, the others being 0; none where they are singular.
std::optional<Vector> Solve(Matrix m, Vector v, const std::array<bool, kTerms>& used) {
  for (int i = 0; i < kTerms; ++i) {
    if (used[i]) continue;
    for (int j = 0; j < kTerms; ++j) m[i][j] = m[j][i] = 0;
    m[i][i] = 1;
    v[i] = 0;
  }
  for (int i = 0; i < kTerms; ++i) {
    int pivot = i;
    for (int row = i + 1; row < kTerms; ++row) {
      if (std::fabs(m[row][i]) > std::fabs(m[pivot][i])) pivot = row;
    }
    std::swap(m[i], m[pivot]);
    std::swap(v[i], v[pivot]);
    if (m[i][i] == 0) return std::nullopt;
    for (int row = i + 1; row < kTerms; ++row) {
      const double factor = m[row][i] / m[i][i];
      for (int column = i; column < kTerms; ++column) m[row][column] -= factor * m[i][column];
      v[row] -= factor * v[i];
    }
  }
  for (int i = kTerms - 1; i >= 0; --i) {
    for (int column = i + 1; column < kTerms; ++column) v[i] -= m[i][column] * v[column];
    v[i] /= m[i][i];
  }
  return v;
}

double SquaredError(const std::vector<Throughput>& points, const Vector& c) {
  double sum = 0;
  for (const Throughput& point : points) {
    const Vector terms = TermsOf(point.concurrency);
    const double modelled = c[0] * terms[0] + c[1] * terms[1] + c[2] * terms[2];
    const double relative = modelled * point.calls_per_second / point.concurrency - 1;
    sum += relative * relative;
  }
  return sum;
}

double RSquared(const std::vector<Throughput>& points, const ScalabilityFit& fit) {
  double mean = 0, residual = 0, total = 0;
  for (const Throughput& p : points)
    mean += p.calls_per_second / static_cast<double>(points.size());
  for (const Throughput& p : points) {
    residual += std::pow(p.calls_per_second - fit.At(p.concurrency), 2);
    total += std::pow(p.calls_per_second - mean, 2);
  }
  return total > 0 ? 1 - residual / total : 1;
}

}  // namespace

double ScalabilityFit::At(double n) const {
  return rate * n / (1 + contention * (n - 1) + crosstalk * n * (n - 1));
}

std::optional<double> ScalabilityFit::peak() const {
  if (crosstalk <= 0) return std::nullopt;
  return std::sqrt(std::max(0.0, 1 - contention) / crosstalk);
}

std::optional<double> ScalabilityFit::knee() const {
  const auto top = peak();
  if (top.has_value()) return std::max(1.0, At(std::max(1.0, *top)) / rate);
  if (contention > 0) return 1 / contention;
  return std::nullopt;
}

std::optional<ScalabilityFit> FitScalability(const std::vector<Throughput>& points) {
  std::set<double> concurrencies;
  Matrix m{};
  Vector v{};
  for (const Throughput& point : points) {
    if (point.calls_per_second <= 0 || point.concurrency < 1) return std::nullopt;
    concurrencies.insert(point.concurrency);
    Vector terms = TermsOf(point.concurrency);
    for (double& term : terms) term *= point.calls_per_second / point.concurrency;
    for (int i = 0; i < kTerms; ++i) {
      for (int j = 0; j < kTerms; ++j) m[i][j] += terms[i] * terms[j];
      v[i] += terms[i];
    }
  }
  if (concurrencies.size() < kTerms) return std::nullopt;
  // With so few terms all ways to hold some at zero can be tried.
  std::optional<Vector> best;
  double least = std::numeric_limits<double>::infinity();
  for (int held = 0; held < 4; ++held) {
    const auto c = Solve(m, v, {true, (held & 1) == 0, (held & 2) == 0});
    if (!c || (*c)[0] <= 0 || (*c)[1] < 0 || (*c)[2] < 0) continue;
    const double error = SquaredError(points, *c);
    if (error < least) {
      least = error;
      best = c;
    }
  }
  if (!best) return std::nullopt;
  const Vector& c = *best;
  ScalabilityFit fit{.rate = 1 / c[0], .contention = c[1] / c[0], .crosstalk = c[2] / c[0]};
  fit.least = *concurrencies.begin();
  fit.most = *concurrencies.rbegin();
  fit.r_squared = RSquared(points, fit);
  return fit;
}

}  // namespace activation::cli
