// embedded FOLDER THREADS: a program of somebody's that links rct; the self-test with so many threads.

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "rct/classifier.hpp"
#include "rct/selftest.hpp"

int main(int, char** arguments) {
  try {
    rct::Classifier classifier = rct::Classifier::load(arguments[1], std::atoi(arguments[2]));
    return rct::selftest(classifier, arguments[1]) ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
}
