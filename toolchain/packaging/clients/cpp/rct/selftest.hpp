// Goes through golden/ stage by stage, each stage from the golden input, and names the first one that differs.
#pragma once

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "classifier.hpp"

namespace rct {

// A binary PPM of 8 bits.
inline Picture read_ppm(const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  int width = 0, height = 0, header = 0;
  const std::string start(bytes.begin(), bytes.begin() + std::min<size_t>(bytes.size(), 40));
  if (std::sscanf(start.c_str(), "P6 %5d %5d 255%n", &width, &height, &header) != 2 || header == 0 || width < 1 ||
      height < 1 || bytes.size() != header + 1 + static_cast<size_t>(width) * height * 3)
    throw std::runtime_error(path + ": not a picture of 8-bit PPM. Unpack the package again.");
  Picture picture(width, height);
  std::copy(bytes.begin() + header + 1, bytes.end(), picture.pixels.begin());
  return picture;
}

// The largest difference, and whether a value that is not a number was among them.
class Difference {
 public:
  void add(double ours, double theirs) {
    const double off = std::abs(ours - theirs);
    worst_ = std::isnan(off) || off > worst_ ? off : worst_;
    nan_ = nan_ || std::isnan(off);
  }
  void add(const Picture& ours, const Picture& theirs) {
    if (ours.width != theirs.width || ours.height != theirs.height) return add(0, infinity);
    for (size_t i = 0; i < ours.pixels.size(); ++i) add(ours.pixels[i], theirs.pixels[i]);
  }
  void add(const std::vector<float>& ours, const std::vector<double>& theirs) {
    for (size_t i = 0; i < theirs.size(); ++i) add(ours[i], theirs[i]);
  }
  double worst() const { return nan_ ? std::numeric_limits<double>::quiet_NaN() : worst_; }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  double worst_ = 0;
  bool nan_ = false;
};

// True if every stage is within its tolerance; prints a line per stage.
inline bool selftest(Classifier& classifier, const std::string& folder) {
  const Contract& contract = classifier.contract;
  if (contract.golden.empty()) throw std::runtime_error("contract: it has no golden pictures to test with.");
  Difference decoded, resized, bundle_score, resized_score, file_score;
  bool own = false;  // the package has its bundle's own scores
  for (const GoldenPicture& golden : contract.golden) {
    const Picture pixels = read_ppm(folder + "/golden/" + golden.decoded);
    const Picture input = read_ppm(folder + "/golden/" + golden.resized);
    resized.add(resize(pixels, contract.rule), input);
    const std::vector<float> scores = classifier.score(input);
    resized_score.add(scores, golden.scores);
    bundle_score.add(scores, golden.bundle_scores);
    own = own || !golden.bundle_scores.empty();
    const std::vector<uint8_t> encoded = read_file(folder + "/golden/" + golden.file);
    if (!can_decode(encoded)) {
      std::printf("%-14s %-8s neither JPEG nor PNG: not decoded here\n", golden.file.c_str(), "left out");
      continue;
    }
    const Picture ours = decode(encoded, contract.rule);
    decoded.add(ours, pixels);
    file_score.add(classifier.score(resize(ours, contract.rule)), golden.scores);
  }
  const struct {
    const char* name;
    double off, limit;
  } stages[] = {{"decoded", decoded.worst(), static_cast<double>(contract.decoded_tolerance)},
                {"resized", resized.worst(), static_cast<double>(contract.resized_tolerance)},
                {own ? "bundle_score" : nullptr, bundle_score.worst(), contract.bundle_score_tolerance},
                {"resized_score", resized_score.worst(), contract.resized_score_tolerance},
                {"file_score", file_score.worst(), contract.file_score_tolerance}};
  const char* first = nullptr;
  for (const auto& stage : stages) {
    if (!stage.name) continue;
    const bool fine = stage.off <= stage.limit;
    std::printf("%-14s %-8s %.3g, at most %g\n", stage.name, fine ? "ok" : "DIFFERS", stage.off, stage.limit);
    if (!fine && !first) first = stage.name;
  }
  if (first) std::printf("FAILED: %s is the first stage that differs.\n", first);
  else std::printf("passed.\n");
  return first == nullptr;
}

}  // namespace rct
