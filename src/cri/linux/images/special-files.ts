import type { Helper } from "#base/helper.ts";
import { CriError } from "../../services.ts";
import { syscalls } from "../syscalls.ts";

/** What Node's file system calls cannot make: device nodes, fifos and extended attributes. */
export type SpecialFile =
  | {
      readonly act: "char" | "block";
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    }
  | { readonly act: "fifo"; readonly path: string; readonly mode: number }
  | { readonly act: "xattr"; readonly path: string; readonly name: string; readonly value: Uint8Array };

/** Overlayfs' mark of a name that lower layers have and this one has deleted. */
export function whiteout(path: string): SpecialFile {
  return { act: "char", path, mode: 0, major: 0, minor: 0 };
}

/** Overlayfs' mark of a directory that hides the lower layers' content. */
export function opaqueMark(path: string): SpecialFile {
  return { act: "xattr", path, name: "trusted.overlay.opaque", value: Buffer.from("y") };
}

/** Records of five fields, each ended by NUL; an attribute's value is hexadecimal. perl-base is on every Debian. */
const program = `
use strict; $/ = "\\0";
sub field { my $f = <STDIN>; return undef unless defined $f; chomp $f; return $f; }
while (defined(my $act = field())) {
  my ($path, $one, $two, $three) = (field(), field(), field(), field());
  my $r;
  if ($act eq "xattr") {
    my $value = pack "H*", $two; $r = syscall(${syscalls.lsetxattr}, $path, $one, $value, length $value, 0);
  } else {
    my $type = { char => 0020000, block => 0060000, fifo => 0010000 }->{$act};
    my $device = (($two & 0xfff) << 8) | ($three & 0xff) | (($three & ~0xff) << 12);
    $r = syscall(${syscalls.mknodat}, -100, $path, $type | $one, $device);
  }
  # A name that the layer deletes and makes again exists already; what a later entry replaced is gone.
  if ($r != 0 && $! != 17 && $! != 2) { print STDERR "$act $path: $!\\n"; exit 1; }
}`;

/** Makes all of them, in order. */
export async function makeSpecialFiles(helper: Helper, files: readonly SpecialFile[]): Promise<void> {
  if (files.length === 0) return;
  const input = Buffer.concat(files.map(record));
  const result = await helper.run(["perl", "-e", program], { input });
  if (result.exitCode !== 0) throw new CriError("Unknown", `cannot make a special file: ${result.stderr.trim()}`);
}

function record(file: SpecialFile): Buffer {
  switch (file.act) {
    case "xattr":
      return fields("xattr", file.path, file.name, Buffer.from(file.value).toString("hex"), "");
    case "fifo":
      return fields("fifo", file.path, `${file.mode}`, "0", "0");
    default:
      return fields(file.act, file.path, `${file.mode}`, `${file.major}`, `${file.minor}`);
  }
}

function fields(...texts: readonly string[]): Buffer {
  return Buffer.from(texts.map(text => `${text}\0`).join(""));
}
