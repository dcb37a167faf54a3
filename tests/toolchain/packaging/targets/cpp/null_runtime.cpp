// The null runtime of rct: category i scores the mean of channel i, so the client is tested without a runtime.

#include "rct/classifier.hpp"

namespace rct {
namespace {

class NullModel : public Model {
 public:
  explicit NullModel(size_t categories) : scores_(categories) {}
  std::vector<float> score(const Picture& picture) override {
    for (size_t i = 0; i < scores_.size(); ++i) {
      double sum = 0;
      for (size_t at = i; at < picture.pixels.size(); at += 3) sum += picture.pixels[at];
      scores_[i] = static_cast<float>(sum / (255.0 * picture.width * picture.height));
    }
    return scores_;
  }

 private:
  std::vector<float> scores_;
};

}  // namespace

const char* runtime_format() { return "onnx"; }

std::unique_ptr<Model> load_model(const std::string&, const Contract& contract, int) {
  return std::make_unique<NullModel>(contract.categories.size());
}

}  // namespace rct
