import Foundation
import XCTest

@testable import Rct

/// The golden vectors, stage by stage; each stage begins with the golden input of that stage.
final class GoldenTests: XCTestCase {
    struct Golden: Decodable {
        struct Picture: Decodable {
            let file: String
            let decoded: String
            let resized: String
            let scores: [Double]
            let bundle_scores: [Double]?
        }

        let schema_version: String
        let tolerance: [String: Double]
        let pictures: [Picture]
    }

    func testEveryStage() throws {
        let package = try folder()
        let golden = package.appendingPathComponent("golden")
        let document = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: golden.appendingPathComponent("golden.json")))
        XCTAssertEqual(document.schema_version, "rct.golden/1")
        let classifier = try Classifier(bundle: package.appendingPathComponent("model"))
        let stages = ["decoded", "resized", "bundle_score", "resized_score", "file_score"]
        var worst = [Double](repeating: 0, count: stages.count)
        for picture in document.pictures {
            func read(_ name: String) throws -> Data { try Data(contentsOf: golden.appendingPathComponent(name)) }
            let pixels = try Pixels.fromPpm(read(picture.decoded))
            let resized = try Pixels.fromPpm(read(picture.resized))
            let decoded = try classifier.decode(read(picture.file))
            let scores = try classifier.score(resized)
            let found = [
                decoded.difference(pixels),
                classifier.contract.resize(pixels).difference(resized),
                difference(scores, picture.bundle_scores ?? picture.scores),
                difference(scores, picture.scores),
                difference(try classifier.score(classifier.contract.resize(decoded)), picture.scores),
            ]
            worst = zip(worst, found).map { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
        }
        for (stage, off) in zip(stages, worst) {
            if stage == "bundle_score" && document.tolerance[stage] == nil { continue }  // not in every package
            let limit = try XCTUnwrap(document.tolerance[stage])
            print("\(stage) \(off <= limit ? "ok" : "DIFFERS") \(off), at most \(limit)")
            if !(off <= limit) {
                return XCTFail("\(stage) is the first stage that differs.")
            }
        }
    }

    /// The package: from the test's resources on a device, else from where this file lies.
    private func folder() throws -> URL {
        if let resources = Bundle(for: GoldenTests.self).resourceURL {
            if FileManager.default.fileExists(atPath: resources.appendingPathComponent("golden").path) {
                return resources
            }
        }
        return URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
    }

    private func difference(_ ours: [Float], _ theirs: [Double]) -> Double {
        if ours.count != theirs.count { return .infinity }
        let off = zip(ours, theirs).map { abs(Double($0) - $1) }
        return off.contains { $0.isNaN } ? .nan : off.max() ?? 0
    }
}
