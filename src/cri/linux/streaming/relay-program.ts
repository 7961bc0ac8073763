/**
 * The program between a unix socket of ours and what Node cannot reach without spawning: a command's streams, a terminal, a
 * SEQPACKET socket, a port in another network namespace. It connects once for each channel and names it by one byte:
 * i, o, e (standard streams), d (both ways), c (terminal sizes, a line "ROWS COLUMNS" each). perl-base runs it everywhere.
 *
 *     exec SOCKET CHANNELS COMMAND...   the command on plain channels; those not named are /dev/null
 *     tty SOCKET COMMAND...             the command on a terminal
 *     attach SOCKET PATH                conmon's attach socket (packets of a stream's number and bytes)
 *     connect SOCKET PORT               a TCP connection to this network namespace's own loopback
 */
export const relayProgram = `
use strict; use Socket; use POSIX ();
$SIG{PIPE} = "IGNORE";
my ($mode, $path, @rest) = @ARGV;

sub channel {
  my ($name) = @_;
  my $s;
  socket($s, AF_UNIX, SOCK_STREAM, 0) && connect($s, pack_sockaddr_un($path)) or die "no connection to the runtime: $!\\n";
  send_all($s, $name);
  return $s;
}

sub send_all {
  my ($to, $bytes) = @_;
  while (length $bytes) {
    my $n = syswrite($to, $bytes);
    if (!defined $n) { next if $!{EINTR}; return 0; }
    $bytes = substr($bytes, $n);
  }
  return 1;
}

sub wait_for {
  my $bits = "";
  vec($bits, fileno($_), 1) = 1 for @_;
  my $n = select($bits, undef, undef, undef);
  return () if $n <= 0;
  return grep { vec($bits, fileno($_), 1) } @_;
}

sub run_command {
  my ($s, @files) = @_;
  for my $fd (0, 1, 2) { POSIX::dup2(fileno($files[$fd]), $fd); }
  exec { $rest[0] } @rest or POSIX::_exit(126);
}

if ($mode eq "exec") {
  my $names = shift @rest;
  my @files = map {
    my $file;
    if (index($names, $_) >= 0) { $file = channel($_); } else { open($file, "+<", "/dev/null"); }
    $file;
  } ("i", "o", "e");
  run_command(undef, @files);
}

if ($mode eq "tty") {
  my $data = channel("d"); my $control = channel("c");
  open(my $pty, "+<", "/dev/ptmx") or die "no terminal: $!\\n";
  my ($unlock, $number, $none) = (pack("i", 0), pack("I", 0), 0);
  ioctl($pty, 0x40045431, $unlock) && ioctl($pty, 0x80045430, $number) or die "no terminal: $!\n";
  open(my $terminal, "+<", "/dev/pts/" . unpack("I", $number)) or die "no terminal: $!\\n";
  my $first = ""; # unbuffered: what follows the first line is for select
  while (sysread($control, my $byte, 1)) { last if $byte eq "\n"; $first .= $byte; }
  my $resize = sub {
    my ($rows, $columns) = split " ", $_[0];
    my $size = pack("SSSS", $rows || 0, $columns || 0, 0, 0);
    ioctl($pty, 0x5414, $size) if $rows && $columns;
  };
  $resize->($first);
  my $child = fork();
  if ($child == 0) {
    POSIX::setsid(); ioctl($terminal, 0x540E, $none);
    run_command(undef, $terminal, $terminal, $terminal);
  }
  close($terminal);
  my @open = ($pty, $control, $data); # what was typed after a change of size is read after it
  LOOP: while (1) {
    for my $ready (wait_for(@open)) {
      my $n = sysread($ready, my $bytes, 65536);
      if ($ready == $pty) {
        last LOOP unless $n;
        send_all($data, $bytes) or last LOOP;
      } elsif ($ready == $data) {
        if (!$n) { kill("HUP", $child); @open = ($pty); next LOOP; }
        send_all($pty, $bytes);
      } else {
        if (!$n) { @open = grep { $_ != $control } @open; next; }
        my @lines = split /\\n/, $bytes;
        $resize->($lines[-1]) if @lines;
      }
    }
  }
  close($pty);
  waitpid($child, 0);
  exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}

if ($mode eq "attach") {
  my ($names, $target) = @rest;
  my $conmon;
  socket($conmon, AF_UNIX, SOCK_SEQPACKET, 0) && connect($conmon, pack_sockaddr_un($target)) or die "cannot attach: $!\\n";
  my %out = map { ($_ => channel($_)) } grep { index($names, $_) >= 0 } ("i", "o", "e");
  my %stream = (2 => "o", 3 => "e");
  my @open = ($conmon, values %out);
  while (1) {
    for my $ready (wait_for(@open)) {
      my $n = sysread($ready, my $bytes, 65536);
      if ($ready == $conmon) {
        exit 0 unless $n;
        my $name = $stream{ord $bytes};
        send_all($out{$name}, substr($bytes, 1)) or exit 0 if $name && $out{$name};
      } elsif (defined $out{i} && $ready == $out{i}) {
        if ($n) { for (my $at = 0; $at < $n; $at += 8192) { syswrite($conmon, substr($bytes, $at, 8192)); } }
        else { @open = grep { $_ != $ready } @open; shutdown($conmon, 1); }
      } elsif (!$n) { exit 0; }
    }
  }
}

if ($mode eq "connect") {
  my ($port) = @rest;
  my $target;
  unless (socket($target, AF_INET, SOCK_STREAM, 0) && connect($target, pack_sockaddr_in($port, INADDR_LOOPBACK))) {
    my $reason = $!;
    socket($target, AF_INET6, SOCK_STREAM, 0) && connect($target, pack_sockaddr_in6($port, Socket::IN6ADDR_LOOPBACK))
      or die "failed to connect to localhost:$port inside the pod: $reason\\n";
  }
  my $data = channel("d");
  my @open = ($target, $data);
  while (@open) {
    for my $ready (wait_for(@open)) {
      my $other = $ready == $data ? $target : $data;
      my $n = sysread($ready, my $bytes, 65536);
      next if $n && send_all($other, $bytes);
      exit 0 if $n || !defined $n;
      shutdown($other, 1);
      @open = grep { $_ != $ready } @open;
    }
  }
  exit 0;
}
die "unknown mode $mode\\n";
`;
