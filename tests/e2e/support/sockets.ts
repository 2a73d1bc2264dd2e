/** The connections of a process, as Linux reports them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The addresses of both ends of each socket of a process; none for the end of a socket that only listens. */
export function addressesOf(pid: number): string[] {
  const inodes = new Set<string>();
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const inode = linkOf(`/proc/${pid}/fd/${name}`)?.match(/^socket:\[(\d+)\]$/)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  const ends = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) => {
    const lines = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1);
    const ours = lines.map((line) => line.trim().split(/\s+/)).filter((fields) => inodes.has(fields[9] ?? ''));
    return ours.flatMap(([, local = '', remote = '']) => [local, remote]);
  });
  const addresses = ends.filter((end) => !end.endsWith(':0000')).map((end) => readable(end.split(':')[0] ?? ''));
  return [...new Set(addresses)];
}

/** A file that is closed meanwhile is no longer a socket. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** IPv4 from little-endian hexadecimal, and IPv4 in IPv6; other IPv6 unchanged. */
function readable(hex: string): string {
  const v4 = hex.length === 8 ? hex : hex.match(/^0{16}FFFF0000(.{8})$/)?.[1];
  return v4 === undefined ? hex : [...Buffer.from(v4, 'hex')].reverse().join('.');
}
