// A picture in memory, and how it becomes the network's input: models/preprocessing of rct, in C++.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace rct {

// 8-bit RGB, rows from the top, pixels from the left.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;  // height * width * 3

  Picture() = default;
  Picture(int w, int h) : width(w), height(h), pixels(static_cast<size_t>(w) * h * 3) {}
  uint8_t* at(int x, int y) { return &pixels[(static_cast<size_t>(y) * width + x) * 3]; }
  const uint8_t* at(int x, int y) const { return &pixels[(static_cast<size_t>(y) * width + x) * 3]; }
};

using Colour = std::array<uint8_t, 3>;

// "preprocessing" of the manifest; the normalisation is inside the model.
struct Rule {
  int width = 0, height = 0;                // of the network's input
  int resize_width = 0, resize_height = 0;  // before the crop
  std::string filter = "bilinear", fit = "stretch";
  bool exif_rotation = true;
  Colour background{255, 255, 255};
};

// A resampling filter: its shape, and how far it reaches from its centre in pixels of the smaller scale.
struct Filter {
  double reach;
  std::function<double(double)> shape;
};

inline double sinc(double x) {
  const double angle = std::acos(-1.0) * x;
  return x == 0 ? 1 : std::sin(angle) / angle;
}

inline Filter filter_named(const std::string& name) {
  if (name == "box") return {0.5, [](double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }};
  if (name == "bilinear") return {1, [](double x) { return std::max(0.0, 1 - std::abs(x)); }};
  if (name == "hamming")
    return {1, [](double x) { return std::abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * std::cos(std::acos(-1.0) * x)) : 0; }};
  if (name == "bicubic")  // Keys' cubic convolution with a = -1/2
    return {2, [](double x) {
              const double d = std::abs(x);
              if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
              return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0.0;
            }};
  if (name == "lanczos") return {3, [](double x) { return std::abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0.0; }};
  throw std::runtime_error("contract: unknown resize filter (got " + name + ").");
}

// What one output pixel is made of: weights of the input pixels from `first` on, in units of 2^-22.
struct Taps {
  int first;
  std::vector<int32_t> weights;
};

inline std::vector<Taps> taps(int from, int to, const std::string& name) {
  const double scale = static_cast<double>(from) / to;
  std::vector<Taps> all;
  if (name == "nearest") {
    double at = 0.5 * scale;  // a running sum: where it falls on a border, its rounding decides, in Pillow, too
    for (int i = 0; i < to; ++i, at += scale) all.push_back({std::min(from - 1, static_cast<int>(at)), {1 << 22}});
    return all;
  }
  const Filter filter = filter_named(name);
  const double stretch = std::max(scale, 1.0), reach = filter.reach * stretch;  // widened, so that nothing aliases
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - reach + 0.5));
    const int last = std::min(from, static_cast<int>(centre + reach + 0.5));
    std::vector<double> exact;
    double sum = 0;
    for (int x = first; x < last; ++x) {
      exact.push_back(filter.shape((x - centre + 0.5) / stretch));
      sum += exact.back();
    }
    Taps one{first, {}};
    for (double weight : exact) one.weights.push_back(static_cast<int32_t>(std::lround(weight / sum * (1 << 22))));
    all.push_back(std::move(one));
  }
  return all;
}

inline uint8_t to_byte(int64_t sum) {
  return static_cast<uint8_t>(std::clamp<int64_t>((sum + (1 << 21)) >> 22, 0, 255));
}

inline Picture resample_columns(const Picture& in, int width, const std::string& filter) {
  if (width == in.width) return in;
  const std::vector<Taps> all = taps(in.width, width, filter);
  Picture out(width, in.height);
  for (int y = 0; y < in.height; ++y)
    for (int x = 0; x < width; ++x) {
      int64_t sum[3] = {0, 0, 0};
      const uint8_t* pixel = in.at(all[x].first, y);
      for (int32_t weight : all[x].weights)
        for (int c = 0; c < 3; ++c) sum[c] += static_cast<int64_t>(weight) * *pixel++;
      for (int c = 0; c < 3; ++c) out.at(x, y)[c] = to_byte(sum[c]);
    }
  return out;
}

inline Picture resample_rows(const Picture& in, int height, const std::string& filter) {
  if (height == in.height) return in;
  const std::vector<Taps> all = taps(in.height, height, filter);
  Picture out(in.width, height);
  const size_t stride = static_cast<size_t>(in.width) * 3;
  std::vector<int64_t> sums(stride);
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), 0);
    const uint8_t* byte = in.at(0, all[y].first);
    for (int32_t weight : all[y].weights)
      for (size_t i = 0; i < stride; ++i) sums[i] += static_cast<int64_t>(weight) * *byte++;
    std::transform(sums.begin(), sums.end(), out.at(0, y), to_byte);
  }
  return out;
}

// Columns first; rows first where that is what Pillow does, in tall pictures.
inline Picture resample(const Picture& in, int width, int height, const std::string& filter) {
  const bool tall = in.height > height && in.height - height > 2 * (in.width - width);
  if (tall) return resample_columns(resample_rows(in, height, filter), width, filter);
  return resample_rows(resample_columns(in, width, filter), height, filter);
}

// The middle; where a margin is odd, the smaller half is at the top and on the left.
inline Picture centre(const Picture& in, int width, int height) {
  Picture out(width, height);
  const int left = (in.width - width) / 2, top = (in.height - height) / 2;
  for (int y = 0; y < height; ++y) std::copy_n(in.at(left, top + y), width * 3, out.at(0, y));
  return out;
}

// The picture in the middle of a canvas of one colour.
inline Picture mount(const Picture& in, int width, int height, Colour colour) {
  Picture out(width, height);
  for (size_t i = 0; i < out.pixels.size(); ++i) out.pixels[i] = colour[i % 3];
  const int left = (width - in.width) / 2, top = (height - in.height) / 2;
  for (int y = 0; y < in.height; ++y) std::copy_n(in.at(0, y), in.width * 3, out.at(left, top + y));
  return out;
}

// Width and height of the largest box of the aspect across:down inside width x height, rounded down.
inline std::array<int, 2> largest_inside(int64_t width, int64_t height, int64_t across, int64_t down) {
  return {static_cast<int>(std::max<int64_t>(1, std::min(width, height * across / down))),
          static_cast<int>(std::max<int64_t>(1, std::min(height, width * down / across)))};
}

// Steps 3 and 4 of the bundle format: resize, fit and crop.
inline Picture resize(Picture picture, const Rule& rule) {
  int columns = rule.resize_width, rows = rule.resize_height;
  if (rule.fit == "cover") {
    const auto box = largest_inside(picture.width, picture.height, columns, rows);
    picture = centre(picture, box[0], box[1]);
  } else if (rule.fit == "contain") {
    const auto box = largest_inside(columns, rows, picture.width, picture.height);
    columns = box[0];
    rows = box[1];
  }
  Picture resized = resample(picture, columns, rows, rule.filter);
  if (rule.fit == "contain") resized = mount(resized, rule.resize_width, rule.resize_height, rule.background);
  return centre(resized, rule.width, rule.height);
}

}  // namespace rct
