import Foundation
import ImageIO

/// What is refused before a picture is decoded: several frames, of which only the first would be scored, and JPEGs of
/// so many scans that decoding takes minutes.
enum Container {
    static let maxScans = 100
    /// Where ImageIO counts other things than frames: a second view, a thumbnail, a depth map.
    private static let still: Set<String> = ["public.jpeg", "public.heic", "public.heif"]

    static func check(_ encoded: Data, _ source: CGImageSource) throws {
        let type = CGImageSourceGetType(source) as String? ?? ""
        guard CGImageSourceGetCount(source) == 1 || still.contains(type) else {
            throw RctError("picture: it has several frames, and only the first would be scored.")
        }
        guard type != "public.jpeg" || scans([UInt8](encoded)) <= maxScans else {
            throw RctError("picture: a JPEG of more than \(maxScans) scans, which takes minutes to decode.")
        }
    }

    /// From marker to marker of a JPEG, until there are too many.
    private static func scans(_ bytes: [UInt8]) -> Int {
        var (count, at) = (0, 2)
        while at + 3 < bytes.count && count <= maxScans {
            let kind = bytes[at + 1]
            if bytes[at] != 0xff || kind == 0xff {
                at += 1
            } else if kind < 0x02 || (0xd0...0xd8).contains(kind) {  // stuffed, or without a length
                at += 2
            } else if kind == 0xd9 {
                break
            } else {
                if kind == 0xda { count += 1 }
                at += 2 + Int(bytes[at + 2]) * 256 + Int(bytes[at + 3])
            }
        }
        return count
    }
}
