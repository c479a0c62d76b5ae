// How a client connects, waits and retries.
#ifndef ACTIVATION_OPTIONS_H_
#define ACTIVATION_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace activation::client {

// When and how often a call is tried again. Every call of the service may be: all but those about
// shared memory and one are pure functions, and of a SharedBuffer that is registered twice, as a
// reply was lost, the server ends the other region with its lease. The codes are UNAVAILABLE;
// RESOURCE_EXHAUSTED where the server names a delay (a message that is too large never gets
// smaller); CANCELLED, which this client never asks for, so that a server or proxy has ended the
// call; UNKNOWN, and INTERNAL where its message says that the stream was reset ("Received
// RST_STREAM"), which is what becomes of a reply that a proxy cuts. The one exception is a call
// whose result takes the place of an input in a SharedBuffer: it is tried again only where the
// server has refused it before it computed anything, and else fails with a message that says that x
// may have been changed.
//
// A try whose connection broke may go on at the server until the end of the stretch it is at. Into
// a SharedBuffer it then writes the bits that the next try writes, too, but may do so after that
// has ended: on a machine that is short of processors, or whose server had stood still. Whoever
// changes x, or uses the place of y for something else, at once after such a call should set
// max_attempts to 1 and take other memory after an error. Tensors that are sent are never touched
// by an earlier try.
struct RetryOptions {
  // Tries in all, the first included. 1: never retry.
  int max_attempts = 4;
  // The wait before the first retry; each further one waits twice as long, up
  // to max_backoff, each with full jitter, and on top of the delay the server asks
  // for, if it does.
  std::chrono::milliseconds initial_backoff{10};
  std::chrono::milliseconds max_backoff{1000};  // see initial_backoff
  // Retries and hedges may be at most this share of first tries, over the last few hundred
  // calls, so that a failing server is not buried; the first calls of a client
  // have ten to begin with. 0: never retry. Lower it on large fleets.
  double budget = 0.2;
};

// How the connections are encrypted, and who proves what. The files are PEM and read when a
// Client is made; after they have changed make a new one.
struct TlsOptions {
  // The server must be reached with TLS. Files are looked at only then.
  bool enabled = false;
  // Certificates of the authorities one of which must have signed the server's. Empty:
  // those that the system trusts.
  std::string ca_file{};
  // This client's certificate and its key, without a passphrase. Empty: it has none; set
  // both where the server was started with --tls-client-ca.
  std::string certificate_file{};
  std::string key_file{};  // of certificate_file
  // The name that the server's certificate must bear. Empty: the host of the endpoint; set it
  // where the endpoint is an address or a unix socket and the certificate has a name.
  std::string server_name{};
};

// When a call is sent a second time although the first has not failed: against a server
// that stands still, of several, and against the slowest few calls. The first answer counts,
// and the other copies are cancelled. Copies come out of the budget of retries, so they
// cannot double the load of servers that are all slow. Calls whose results go into a
// SharedBuffer are never sent twice at once: a late copy would write there.
//
// A server of several that stands still has its share of all calls, a third where there are
// three, and each of them needs a copy: RetryOptions::budget (0.2) must be above that share, or
// some wait until KeepaliveOptions ends their connection, or the call its deadline.
struct HedgingOptions {
  // A call not answered after so long is sent once more. A good value is what 95 calls in
  // 100 take. 0: never, since that value is the caller's to know.
  std::chrono::milliseconds delay{0};
  // Copies in all, the first included; each further one waits as long again.
  int max_copies = 3;
};

// How a server is missed that went without a word: a machine that lost its power, a network
// that was cut, a process that was stopped. Nothing comes back from there, not even an
// error, and until a connection is given up its server keeps its share of the calls.
struct KeepaliveOptions {
  // A connection that has brought nothing for so long is asked for a sign of life while a call
  // or the watch of its server's health is under way, which is always. 0: never. Not
  // below the server's --min-ping-interval (10 s), or it disconnects this client.
  std::chrono::milliseconds time{15000};
  // Without an answer for so long the connection ends, its calls with UNAVAILABLE. With the
  // time above less than the usual deadline, so that they can be tried elsewhere.
  std::chrono::milliseconds timeout{10000};
};

// Everything about a client; each option has a default that does for most.
struct ClientOptions {
  // A gRPC target: host:port, unix:/path, dns:///name:port, or several addresses as
  // ipv4:10.0.0.1:50051,10.0.0.2:50051. Calls go to all addresses of a target in turn, but
  // for those that cannot be reached or whose server says that it is not serving, which a Stream
  // does not ask. Where the environment names a proxy (http_proxy), loopback addresses are reached
  // without it.
  std::string endpoint = "127.0.0.1:50051";
  TlsOptions tls{};  // none by default
  // A file with the token that goes with every call, where the server was started with
  // --token-file. Empty: none. Read again when it changes, within a second.
  std::string token_file{};
  // Whether the token may go to another machine without TLS, where anybody on the way can
  // read it.
  bool insecure_token = false;
  // For one call with all its retries. Raise it for very large tensors.
  std::chrono::milliseconds deadline{30000};
  // HTTP/2 connections to each address. One carries about 1 GB/s; more help large
  // tensors and many threads.
  int connections = 2;
  // Largest request or reply. The server's own limit is in ServerInfo.
  int64_t max_message_bytes = int64_t{256} << 20;
  RetryOptions retry{};          // up to four tries
  HedgingOptions hedging{};      // never by default
  KeepaliveOptions keepalive{};  // a dead server is missed within 25 seconds
};

}  // namespace activation::client

#endif  // ACTIVATION_OPTIONS_H_
