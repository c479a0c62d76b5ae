// How the lanes of a vector look up in tables, each at a place of its own. Included once a target.
#if defined(ACT_TABLES_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_TABLES_SIMD_INL_H_
#undef ACT_TABLES_SIMD_INL_H_
#else
#define ACT_TABLES_SIMD_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "src/functions/coefficients.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Columns [i] of the segments whose numbers are the last five bits of `segment`.
template <class D, size_t kColumns>
class SegmentEntries {
 public:
  using V = hn::Vec<D>;
  using U = hn::Vec<hn::RebindToUnsigned<D>>;
  using Table = Segments<kColumns - 1>;

#if HWY_TARGET == HWY_AVX3
  HWY_INLINE SegmentEntries(const Table& table, U segment) : table_(table), segment_(segment) {}

  // A column fits two registers.
  HWY_INLINE V operator[](size_t i) const {
    const float* column = table_.columns[i];
    return V{
        _mm512_permutex2var_ps(_mm512_load_ps(column), segment_.raw, _mm512_load_ps(column + 16))};
  }

 private:
  const Table& table_;
  const U segment_;
#elif HWY_TARGET == HWY_SCALAR
  HWY_INLINE SegmentEntries(const Table& table, U segment)
      : row_(table.rows[hn::GetLane(segment) % 32]) {}

  HWY_INLINE V operator[](size_t i) const { return hn::Set(D(), row_[i]); }

 private:
  const float* row_;
#else
  HWY_INLINE SegmentEntries(const Table& table, U segment) {
    HWY_ALIGN uint32_t segments[kLanes];
    const hn::RebindToUnsigned<D> du;
    hn::Store(hn::And(segment, hn::Set(du, 31)), du, segments);
    for (size_t i = 0; i < kColumns; i += 4) LookUpFour(table, segments, i);
  }

  HWY_INLINE V operator[](size_t i) const { return columns_[i]; }

 private:
  static constexpr size_t kLanes = hn::MaxLanes(D());
  static_assert(kLanes == 4 || kLanes == 8);

  // Four floats of a row for each of four lanes, or for each four lanes of eight, and then
  // rows become columns. A gather would read each column by itself.
  HWY_INLINE void LookUpFour(const Table& table, const uint32_t* segments, size_t first) {
    const hn::RepartitionToWide<D> pairs;
    V rows[4];
    for (size_t i = 0; i < 4; ++i) {
      const float* row = table.rows[segments[i]] + first;
      if constexpr (kLanes == 4) {
        rows[i] = hn::Load(D(), row);
      } else {
        const hn::Half<D> half;
        const float* high = table.rows[segments[i + 4]] + first;
        rows[i] = hn::Combine(D(), hn::Load(half, high), hn::Load(half, row));
      }
    }
    const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(D(), rows[0], rows[1]));
    const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(D(), rows[2], rows[3]));
    const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(D(), rows[0], rows[1]));
    const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(D(), rows[2], rows[3]));
    columns_[first] = hn::BitCast(D(), hn::InterleaveLower(pairs, low01, low23));
    columns_[first + 1] = hn::BitCast(D(), hn::InterleaveUpper(pairs, low01, low23));
    columns_[first + 2] = hn::BitCast(D(), hn::InterleaveLower(pairs, high01, high23));
    columns_[first + 3] = hn::BitCast(D(), hn::InterleaveUpper(pairs, high01, high23));
  }

  V columns_[8];
#endif
};

// Sixteen doubles, aligned as vectors are, at the last four bits of `k`.
template <class D, class U>
HWY_INLINE hn::Vec<D> EntryOf16(D d, const double* table, U k) {
#if HWY_TARGET == HWY_AVX3
  return hn::Vec<D>{
      _mm512_permutex2var_pd(_mm512_load_pd(table), k.raw, _mm512_load_pd(table + 8))};
#elif HWY_TARGET == HWY_AVX2
  // In each quarter of the table by the two last bits, as pairs of floats, and then of the
  // four found by the other two: two thirds of the time of a gather.
  const __m256i doubled = _mm256_slli_epi32(_mm256_shuffle_epi32(k.raw, 0xA0), 1);
  const __m256i pair = _mm256_add_epi32(doubled, _mm256_set1_epi64x(int64_t{1} << 32));
  const auto in_quarter = [pair, table](size_t quarter) HWY_ATTR {
    const __m256 entries = _mm256_castpd_ps(_mm256_load_pd(table + 4 * quarter));
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(entries, pair));
  };
  const __m256d bit2 = _mm256_castsi256_pd(_mm256_slli_epi64(k.raw, 61));
  const __m256d bit3 = _mm256_castsi256_pd(_mm256_slli_epi64(k.raw, 60));
  return hn::Vec<D>{_mm256_blendv_pd(_mm256_blendv_pd(in_quarter(0), in_quarter(1), bit2),
                                     _mm256_blendv_pd(in_quarter(2), in_quarter(3), bit2), bit3)};
#else
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  return hn::GatherIndex(d, table, hn::BitCast(di, hn::And(k, hn::Set(du, 15))));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_TABLES_SIMD_INL_H_
