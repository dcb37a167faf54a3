// A package that is loaded: picture bytes in, scores and verdicts out.
//
//     rct::Classifier classifier = rct::Classifier::load("folder");
//     rct::Result result = classifier.classify(rct::read_file("cat.jpg"));
//     result.verdict            // rct::Verdict::allow, review or block
//
// What cannot be read or is not whole is a std::runtime_error of one line. One classifier per thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contract.hpp"
#include "decode.hpp"
#include "picture.hpp"
#include "sha256.hpp"

namespace rct {

// A runtime with the model in it: runtimes/*.cpp has one each.
class Model {
 public:
  virtual ~Model() = default;
  // One score per category of 8-bit RGB at the size that the model takes.
  virtual std::vector<float> score(const Picture& picture) = 0;
};

// Made by the one runtime that is linked in; `threads` of 0 is the runtime's own choice. Throws std::runtime_error.
std::unique_ptr<Model> load_model(const std::string& path, const Contract& contract, int threads);
const char* runtime_format();  // the bundle format that it runs

enum class Verdict { allow, review, block };  // by severity

inline const char* name_of(Verdict verdict) {
  return verdict == Verdict::block ? "block" : verdict == Verdict::review ? "review" : "allow";
}

struct CategoryResult {
  std::string name;
  float score;
  Verdict verdict;
};

struct Result {
  std::vector<CategoryResult> categories;  // in the order of the scores
  Verdict verdict;                         // the most severe one
};

// In double precision; a score that is not a number is a case for a person.
inline Verdict verdict_of(double score, const Category& limits) {
  if (std::isnan(score)) return Verdict::review;
  return score >= limits.block ? Verdict::block : score >= limits.review ? Verdict::review : Verdict::allow;
}

// Size and digest of a file, read piece by piece. Throws std::runtime_error.
inline std::pair<uint64_t, std::string> sha256_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::vector<uint8_t> piece(1 << 18);
  Sha256 hash;
  uint64_t size = 0;
  while (stream.read(reinterpret_cast<char*>(piece.data()), piece.size()), stream.gcount() > 0) {
    hash.add(piece.data(), static_cast<size_t>(stream.gcount()));
    size += static_cast<uint64_t>(stream.gcount());
  }
  if (!stream.eof()) throw std::runtime_error(path + ": no such file, or it cannot be read.");
  return {size, hash.text()};
}

class Classifier {
 public:
  // Checks size and digest of every file of the bundle, then loads the model. `threads`: that one picture is scored
  // with; 0 is the runtime's own choice. With several classifiers at work at once, 1 each is usually best.
  static Classifier load(const std::string& folder, int threads = 0) {
    if (threads < 0) throw std::runtime_error("threads: fewer than none (got " + std::to_string(threads) + ").");
    Contract contract = read_contract(folder + "/contract.txt");
    if (contract.format != runtime_format())
      throw std::runtime_error("contract: format " + contract.format + " does not run here (this client was built for " +
                               runtime_format() + "). Build it with another -DRUNTIME.");
    for (const File& file : contract.files)
      if (sha256_of(folder + "/" + file.path) != std::pair(file.bytes, file.sha256))
        throw std::runtime_error(file.path + ": not what the manifest says. Unpack the package again.");
    std::unique_ptr<Model> model = load_model(folder + "/" + contract.model, contract, threads);
    return Classifier(std::move(contract), std::move(model));
  }

  Result classify(const std::vector<uint8_t>& encoded) {
    return judge(score(resize(decode(encoded, contract.rule), contract.rule)));
  }

  // `resized` is what `resize` returned, or a golden vector.
  std::vector<float> score(const Picture& resized) {
    const Rule& rule = contract.rule;  // a model that resizes and crops does neither to the middle of such a canvas
    std::vector<float> scores =
        model_->score(contract.any_size ? mount(resized, rule.resize_width, rule.resize_height, {}) : resized);
    if (scores.size() != contract.categories.size())
      throw std::runtime_error("model: one score per category is needed (got " + std::to_string(scores.size()) + ").");
    return scores;
  }

  Result judge(const std::vector<float>& scores) const {
    Result result{{}, Verdict::allow};
    for (size_t i = 0; i < scores.size(); ++i) {
      const Verdict verdict = verdict_of(scores[i], contract.categories[i]);
      result.categories.push_back({contract.categories[i].name, scores[i], verdict});
      result.verdict = std::max(result.verdict, verdict);
    }
    return result;
  }

  const Contract contract;

 private:
  Classifier(Contract c, std::unique_ptr<Model> model) : contract(std::move(c)), model_(std::move(model)) {}
  std::unique_ptr<Model> model_;
};

}  // namespace rct
