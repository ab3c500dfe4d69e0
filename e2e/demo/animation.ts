import { crc32 } from 'node:zlib';

/** A picture of an animation, as PNG, and how long it is shown. */
export interface Frame {
  readonly png: Buffer;
  readonly ms: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const SIGNATURE_BYTES = 8;

/**
 * Puts pictures of one size and kind together to an animated PNG that runs for ever: https://www.w3.org/TR/png-3/#apng-frame-based-animation
 * @throws Error when they are not alike
 */
export function animate(frames: readonly Frame[]): Buffer {
  const pictures = frames.map(({ png, ms }) => ({ chunks: chunksOf(png), ms }));
  const header = pictures[0]?.chunks.find(({ type }) => type === 'IHDR');
  if (!header) throw new Error('an animation takes a picture');
  let sequence = 0;
  const animated = pictures.flatMap(({ chunks, ms }, index): Chunk[] => {
    if (!chunks.some(({ type, data }) => type === 'IHDR' && data.equals(header.data))) {
      throw new Error(`picture ${index} is of another size or kind than the first`);
    }
    const data = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((c) => c.data));
    const control = { type: 'fcTL', data: frameControl(sequence++, header.data, ms) };
    if (index === 0) return [control, { type: 'IDAT', data }];
    return [control, { type: 'fdAT', data: Buffer.concat([numbers(sequence++), data]) }];
  });
  return Buffer.concat([
    frames[0]!.png.subarray(0, SIGNATURE_BYTES),
    ...[
      header,
      { type: 'acTL', data: numbers(frames.length, 0) },
      ...animated,
      { type: 'IEND', data: Buffer.alloc(0) },
    ].map(encode),
  ]);
}

/** A whole picture, which takes the place of the one before. */
function frameControl(sequence: number, header: Buffer, ms: number): Buffer {
  const size = header.subarray(0, 8);
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(ms, 0);
  delay.writeUInt16BE(1_000, 2);
  return Buffer.concat([numbers(sequence), size, numbers(0, 0), delay]);
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function encode({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([numbers(data.length), body, numbers(crc32(body))]);
}

function numbers(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => buffer.writeUInt32BE(value, 4 * i));
  return buffer;
}
