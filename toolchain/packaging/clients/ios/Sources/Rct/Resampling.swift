import Foundation

/// Pillow's filters: each widens with the reduction, so that a reduction does not alias.
enum Resampling {
    static let names: Set<String> = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]

    private static let bits = 22  // of the fixed point: 32, less 8 of the pixel and 2 for overshoot

    static func resample(_ pixels: Pixels, _ width: Int, _ height: Int, filter: String) -> Pixels {
        if filter == "nearest" { return nearest(pixels, width, height) }
        // which comes first decides a rounding here and there
        let rowsFirst = pixels.height > height && pixels.height - height > 2 * (pixels.width - width)
        if rowsFirst {
            return columns(rows(pixels, height, filter), width, filter)
        }
        return rows(columns(pixels, width, filter), height, filter)
    }

    private static func support(_ filter: String) -> Double {
        switch filter {
        case "box": return 0.5
        case "bicubic": return 2
        case "lanczos": return 3
        default: return 1
        }
    }

    private static func weight(_ filter: String, _ x: Double) -> Double {
        let far = abs(x)
        switch filter {
        case "box": return x > -0.5 && x <= 0.5 ? 1 : 0
        case "bilinear": return max(0, 1 - far)
        case "hamming": return far >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * cos(Double.pi * x))
        case "bicubic": return cubic(far)
        default: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }

    private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }

    private static func cubic(_ x: Double) -> Double {  // a = -0.5
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }

    /// For one output position: where its weights begin, and the weights in fixed point.
    private struct Weights {
        let first: Int
        let values: [Int]
    }

    private static func weights(_ size: Int, _ toSize: Int, _ filter: String) -> [Weights] {
        let scale = Double(size) / Double(toSize)
        let widening = max(scale, 1)
        let reach = support(filter) * widening
        return (0..<toSize).map { position in
            let middle = (Double(position) + 0.5) * scale
            let from = max(0, Int(middle - reach + 0.5))
            let until = min(size, Int(middle + reach + 0.5))
            let exact = (from..<until).map { weight(filter, (Double($0) - middle + 0.5) / widening) }
            let sum = exact.reduce(0, +)
            return Weights(first: from, values: exact.map { fixed(sum == 0 ? $0 : $0 / sum) })
        }
    }

    private static func fixed(_ weight: Double) -> Int {
        Int(weight * Double(1 << bits) + (weight < 0 ? -0.5 : 0.5))
    }

    private static func columns(_ from: Pixels, _ width: Int, _ filter: String) -> Pixels {
        if width == from.width { return from }
        let all = weights(from.width, width, filter)
        var out = [UInt8](repeating: 0, count: width * from.height * 3)
        for y in 0..<from.height {
            for x in 0..<width {
                let start = (y * from.width + all[x].first) * 3
                blend(from.rgb, start, 3, all[x].values, &out, (y * width + x) * 3)
            }
        }
        return Pixels(width: width, height: from.height, rgb: out)
    }

    private static func rows(_ from: Pixels, _ height: Int, _ filter: String) -> Pixels {
        if height == from.height { return from }
        let all = weights(from.height, height, filter)
        var out = [UInt8](repeating: 0, count: from.width * height * 3)
        for y in 0..<height {
            for x in 0..<from.width {
                let start = (all[y].first * from.width + x) * 3
                blend(from.rgb, start, from.width * 3, all[y].values, &out, (y * from.width + x) * 3)
            }
        }
        return Pixels(width: from.width, height: height, rgb: out)
    }

    private static func blend(
        _ from: [UInt8], _ start: Int, _ step: Int, _ weights: [Int], _ out: inout [UInt8], _ at: Int
    ) {
        for c in 0..<3 {
            var sum = 1 << (bits - 1)
            var i = start + c
            for weight in weights {
                sum += Int(from[i]) * weight
                i += step
            }
            out[at + c] = UInt8(min(255, max(0, sum >> bits)))
        }
    }

    private static func nearest(_ from: Pixels, _ width: Int, _ height: Int) -> Pixels {
        let columns = positions(from.width, width)
        let rows = positions(from.height, height)
        var out = [UInt8]()
        out.reserveCapacity(width * height * 3)
        for y in rows {
            for x in columns {
                let start = (y * from.width + x) * 3
                out.append(contentsOf: from.rgb[start..<(start + 3)])
            }
        }
        return Pixels(width: width, height: height, rgb: out)
    }

    private static func positions(_ size: Int, _ toSize: Int) -> [Int] {
        let scale = Double(size) / Double(toSize)
        var at = scale * 0.5  // added up, as Pillow does
        return (0..<toSize).map { _ in
            let position = min(size - 1, Int(at))
            at += scale
            return position
        }
    }
}
