// swift-tools-version: 5.6
import PackageDescription

let package = Package(
    name: "Rct",
    platforms: [.iOS(.v13)],
    products: [.library(name: "Rct", targets: ["Rct"])],
    dependencies: [
        .package(
            url: "https://github.com/microsoft/onnxruntime-swift-package-manager", .upToNextMinor(from: "1.20.0"))
    ],
    targets: [
        .target(
            name: "Rct",
            dependencies: [.product(name: "onnxruntime", package: "onnxruntime-swift-package-manager")]),
        .testTarget(name: "RctTests", dependencies: ["Rct"]),
    ]
)
