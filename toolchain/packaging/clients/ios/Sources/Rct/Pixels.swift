import Foundation

/// What went wrong, in a line: a picture that cannot be read, or a bundle that is not whole.
public struct RctError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A picture of 8-bit RGB: rows from the top, three bytes a pixel.
public struct Pixels {
    public let width: Int
    public let height: Int
    public var rgb: [UInt8]

    /// The middle; where a margin is odd, the smaller half is at the top and on the left.
    func centre(_ toWidth: Int, _ toHeight: Int) -> Pixels {
        let top = (height - toHeight) / 2
        let left = (width - toWidth) / 2
        var out = [UInt8]()
        out.reserveCapacity(toWidth * toHeight * 3)
        for y in 0..<toHeight {
            let start = ((top + y) * width + left) * 3
            out.append(contentsOf: rgb[start..<(start + toWidth * 3)])
        }
        return Pixels(width: toWidth, height: toHeight, rgb: out)
    }

    /// This picture in the middle of a larger one of one colour.
    func onCanvas(_ toWidth: Int, _ toHeight: Int, colour: [UInt8]) -> Pixels {
        var out = [UInt8](repeating: 0, count: toWidth * toHeight * 3)
        for i in out.indices { out[i] = colour[i % 3] }
        let top = (toHeight - height) / 2
        let left = (toWidth - width) / 2
        for y in 0..<height {
            let start = ((top + y) * toWidth + left) * 3
            let row = rgb[(y * width * 3)..<((y + 1) * width * 3)]
            out.replaceSubrange(start..<(start + width * 3), with: row)
        }
        return Pixels(width: toWidth, height: toHeight, rgb: out)
    }

    /// Turned and mirrored as this EXIF orientation (1 to 8) says; any other number changes nothing.
    func turned(_ orientation: Int) -> Pixels {
        if orientation < 2 || orientation > 8 { return self }
        let across = orientation >= 5 ? height : width
        let down = orientation >= 5 ? width : height
        var out = [UInt8](repeating: 0, count: rgb.count)
        for y in 0..<down {
            for x in 0..<across {
                let (fromX, fromY) = source(x, y, orientation)
                for c in 0..<3 {
                    out[(y * across + x) * 3 + c] = rgb[(fromY * width + fromX) * 3 + c]
                }
            }
        }
        return Pixels(width: across, height: down, rgb: out)
    }

    private func source(_ x: Int, _ y: Int, _ orientation: Int) -> (Int, Int) {
        switch orientation {
        case 2: return (width - 1 - x, y)
        case 3: return (width - 1 - x, height - 1 - y)
        case 4: return (x, height - 1 - y)
        case 5: return (y, x)
        case 6: return (y, height - 1 - x)
        case 7: return (width - 1 - y, height - 1 - x)
        default: return (width - 1 - y, x)
        }
    }

    /// The largest difference of any channel of any pixel; infinity where the sizes differ.
    func difference(_ other: Pixels) -> Double {
        if width != other.width || height != other.height { return .infinity }
        var worst = 0
        for i in rgb.indices { worst = max(worst, abs(Int(rgb[i]) - Int(other.rgb[i]))) }
        return Double(worst)
    }

    /// Read a binary PPM (P6, 8 bit), as the golden files are.
    static func fromPpm(_ file: Data) throws -> Pixels {
        let bytes = [UInt8](file)
        var words = [String]()
        var at = 0
        while words.count < 4 {
            let start = at
            while at < bytes.count && bytes[at] > 32 { at += 1 }
            words.append(String(decoding: bytes[start..<at], as: UTF8.self))
            at += 1
            if at > bytes.count { throw RctError("ppm: cut off.") }
        }
        guard words[0] == "P6", words[3] == "255", let width = Int(words[1]), let height = Int(words[2]),
            bytes.count - at == width * height * 3
        else { throw RctError("ppm: not a whole binary one of 8 bit.") }
        return Pixels(width: width, height: height, rgb: Array(bytes[at...]))
    }
}
