import CoreGraphics
import Foundation
import ImageIO

/// ImageIO's decoders; the colours as stored where they are RGB.
enum Decoding {
    static let maxPixels = 40_000_000

    static func decode(_ encoded: Data, _ rule: Contract.Rule) throws -> Pixels {
        guard let source = CGImageSourceCreateWithData(encoded as CFData, nil), CGImageSourceGetCount(source) > 0,
            let about = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [CFString: Any],
            let width = about[kCGImagePropertyPixelWidth] as? Int,
            let height = about[kCGImagePropertyPixelHeight] as? Int
        else { throw RctError("picture: not one that this device reads.") }
        try Container.check(encoded, source)
        guard width > 0, height > 0, width <= maxPixels / height else {
            throw RctError("picture: too large (got \(width) x \(height)).")
        }
        guard let image = CGImageSourceCreateImageAtIndex(source, 0, nil) else { throw RctError("picture: damaged.") }
        let pixels = try draw(image, rule.background)
        let orientation = about[kCGImagePropertyOrientation] as? Int ?? 1
        return rule.exif_rotation ? pixels.turned(orientation) : pixels
    }

    /// Draw on the background, in the picture's own RGB space, so that no profile is applied.
    private static func draw(_ image: CGImage, _ background: [UInt8]) throws -> Pixels {
        let (width, height) = (image.width, image.height)
        let own = image.colorSpace.flatMap { $0.model == .rgb && $0.supportsOutput ? $0 : nil }
        let space = own ?? CGColorSpaceCreateDeviceRGB()
        var rgba = [UInt8](repeating: 255, count: width * height * 4)
        for i in rgba.indices where i % 4 < 3 { rgba[i] = background[i % 4] }
        let drawn = rgba.withUnsafeMutableBytes { memory -> Bool in
            guard let context = CGContext(
                data: memory.baseAddress, width: width, height: height, bitsPerComponent: 8, bytesPerRow: width * 4,
                space: space, bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
            else { return false }
            context.interpolationQuality = .none
            context.draw(image, in: CGRect(x: 0, y: 0, width: width, height: height))
            return true
        }
        guard drawn else { throw RctError("picture: cannot be drawn.") }
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for pixel in 0..<(width * height) {
            for c in 0..<3 { rgb[pixel * 3 + c] = rgba[pixel * 4 + c] }
        }
        return Pixels(width: width, height: height, rgb: rgb)
    }
}
