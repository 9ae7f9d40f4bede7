// The process that writes a container's log: started by containerd's shim (`binary://`), one a container, so it lives
// exactly as long as what it listens to and does not notice when the kubelet is killed. In Perl, which every Debian has
// and which takes a tenth of the memory of a Node process.

import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// containerd hands over: 3 the container's standard output, 4 its standard error, 5 to be closed when ready. The shim
// sends SIGTERM once both are closed; ending is decided by end of file alone, so that no last line is lost.
// A file that was moved away (rotation) is opened anew before the next write.
// TICK: clock_gettime's number, since the module that knows it costs memory; 0: whole seconds. 4 is EINTR, likewise.
const program = String.raw`#!/usr/bin/perl
use strict;
my $path = $ARGV[1];
my $tick = TICK;
my $longest = 16384;
$SIG{TERM} = $SIG{INT} = $SIG{HUP} = 'IGNORE';
chdir '/';
my %name = (3 => 'stdout', 4 => 'stderr');
my (%in, %rest, $log, $inode);
for my $fd (3, 4) { open($in{$fd}, '<&=', $fd) or die "fd $fd: $!"; $rest{$fd} = '' }
open(my $ready, '>&=', 5) or die "fd 5: $!";
reopen();
close $ready;

sub reopen {
  umask 0027;
  open(my $new, '>>', $path) or return $log || die "$path: $!";
  $log = $new;
  $inode = (stat $log)[1];
}

sub now {
  my ($s, $ns) = (time, 0);
  if ($tick) {
    my $t = pack 'q2', 0, 0;
    syscall $tick, 0, $t;
    ($s, $ns) = unpack 'q2', $t;
  }
  my @t = gmtime $s;
  return sprintf '%04d-%02d-%02dT%02d:%02d:%02d.%09dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0], $ns;
}

sub put {
  my ($text) = @_;
  my @found = stat $path;
  reopen() if !@found || $found[1] != $inode;
  while (length $text) {
    my $written = syswrite $log, $text;
    return unless $written;
    substr $text, 0, $written, '';
  }
}

while (%in) {
  my $wanted = '';
  vec($wanted, $_, 1) = 1 for keys %in;
  next if select($wanted, undef, undef, undef) < 0;
  for my $fd (sort keys %in) {
    next unless vec $wanted, $fd, 1;
    my $got = sysread $in{$fd}, $rest{$fd}, 65536, length $rest{$fd};
    next if !defined $got && $! == 4;
    my $head = now() . " $name{$fd}";
    my ($out, $from, $to) = ('', 0);
    while (($to = index $rest{$fd}, "\n", $from) >= 0 || length($rest{$fd}) - $from >= $longest) {
      if ($to < 0 || $to - $from > $longest) {
        $out .= "$head P " . substr($rest{$fd}, $from, $longest) . "\n";
        $from += $longest;
        next;
      }
      $out .= "$head F " . substr($rest{$fd}, $from, $to - $from) . "\n";
      $from = $to + 1;
    }
    substr $rest{$fd}, 0, $from, '';
    if (!$got) {
      $out .= "$head P $rest{$fd}\n" if length $rest{$fd};
      delete $in{$fd};
    }
    put($out) if length $out;
  }
}
`

const clockGettime: Record<string, number> = { x64: 228, arm64: 113 }

/** Writes the program below `directory`; answers its path. */
export async function installLogger(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, 'container-logger')
  await writeFile(`${path}.new`, program.replace('TICK', String(clockGettime[process.arch] ?? 0)))
  await chmod(`${path}.new`, 0o755)
  // Never changed in place: a shim may be starting it.
  await rename(`${path}.new`, path)
  return path
}

/** What `ctr tasks start --log-uri` takes: containerd runs the path with the query's key and value as arguments. */
export function logUri(logger: string, logPath: string): string {
  return `binary://${encodeURI(logger)}?log=${encodeURIComponent(logPath)}`
}
