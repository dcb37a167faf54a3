// The rounds of SHA-256 in the instructions that x86 processors have for them (SHA-NI), about five times as fast.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)

#include <immintrin.h>
#ifdef _MSC_VER
#include <intrin.h>
#define RCT_SHA_NI
#else
#include <cpuid.h>
#define RCT_SHA_NI __attribute__((target("sha,sse4.1")))
#endif

namespace rct::sha256_x86 {

inline bool usable() {
  static const bool found = [] {
    unsigned a = 0, b = 0, c = 0, d = 0, b7 = 0;
#ifdef _MSC_VER
    int words[4];
    __cpuid(words, 0);
    if (words[0] < 7) return false;
    __cpuid(words, 1);
    c = static_cast<unsigned>(words[2]);
    __cpuidex(words, 7, 0);
    b7 = static_cast<unsigned>(words[1]);
    (void)a, (void)b, (void)d;
#else
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    unsigned c7 = 0, d7 = 0;
    if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) return false;
#endif
    const bool ssse3 = c >> 9 & 1, sse41 = c >> 19 & 1, sha = b7 >> 29 & 1;
    return ssse3 && sse41 && sha;
  }();
  return found;
}

// `state` is a to h, `round` the 64 constants. The instructions want the state as (f, e, b, a) and (h, g, d, c).
RCT_SHA_NI inline void add(uint32_t* state, const uint32_t* round, const uint8_t* bytes, size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
  const __m128i badc = _mm_shuffle_epi32(load(state), 0xb1), hgfe = _mm_shuffle_epi32(load(state + 4), 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8), cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
  for (; blocks > 0; --blocks, bytes += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 16; ++i) {  // four rounds each
      __m128i& now = w[i % 4];
      const __m128i &next = w[(i + 1) % 4], &later = w[(i + 2) % 4], &last = w[(i + 3) % 4];
      if (i < 4) {
        now = _mm_shuffle_epi8(load(bytes + 16 * i), big_endian);
      } else {
        now = _mm_add_epi32(_mm_sha256msg1_epu32(now, next), _mm_alignr_epi8(last, later, 4));
        now = _mm_sha256msg2_epu32(now, last);
      }
      const __m128i sum = _mm_add_epi32(now, load(round + 4 * i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace rct::sha256_x86

#undef RCT_SHA_NI

#else

namespace rct::sha256_x86 {

inline bool usable() { return false; }
inline void add(uint32_t*, const uint32_t*, const uint8_t*, size_t) {}

}  // namespace rct::sha256_x86

#endif
