#include "server/access/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/authority.h"

namespace activation::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TlsFiles kFiles = {"server.crt", "server.key", "clients.crt"};

class CertificatesTest : public testing::Test {
 protected:
  Certificates Good() const {
    return {identity_.certificate, identity_.key, authority_.certificate()};
  }

  static std::string ProblemWith(const Certificates& certificates) {
    return std::string(Check(certificates, kFiles).message());
  }

  const Authority authority_{"authority"};
  const absl::Time until_ = absl::Now() + absl::Hours(24 * 30);
  const Identity identity_ = authority_.Issue("server", absl::Now() - absl::Hours(1), until_);
  const TestFolder folder_;
};

TEST_F(CertificatesTest, BelongTogether) {
  EXPECT_TRUE(Check(Good(), kFiles).ok());
  Certificates others = Good();
  others.key = authority_.Issue("other").key;
  EXPECT_THAT(ProblemWith(others),
              HasSubstr("--tls-key: server.key does not belong to the certificate in server.crt"));
}

TEST_F(CertificatesTest, ArePem) {
  Certificates certificates = Good();
  certificates.chain = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_THAT(ProblemWith(certificates), HasSubstr("--tls-certificate: server.crt has no"));
  certificates = Good();
  certificates.key = certificates.chain;
  EXPECT_THAT(ProblemWith(certificates), HasSubstr("--tls-key: server.key has no private key"));
  certificates = Good();
  certificates.client_ca = certificates.key;
  EXPECT_THAT(ProblemWith(certificates), HasSubstr("--tls-client-ca: clients.crt has no"));
}

TEST_F(CertificatesTest, AKeyWithAPassphraseIsRefusedAndNobodyIsAsked) {
  Certificates certificates = Good();
  certificates.key =
      "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-256-CBC,0123456789ABCDEF0123456789ABCDEF\n\nAAAA\n"
      "-----END EC PRIVATE KEY-----\n";
  EXPECT_THAT(ProblemWith(certificates), HasSubstr("needs no passphrase"));
}

TEST_F(CertificatesTest, SaysWhatShouldNotStaySo) {
  const TlsFiles& files = kFiles;
  const absl::Time now = absl::Now();
  EXPECT_THAT(Concerns(Good(), files, now), IsEmpty());
  EXPECT_EQ(absl::ToUnixSeconds(FirstExpiry(identity_.certificate)), absl::ToUnixSeconds(until_));
  EXPECT_EQ(FirstExpiry(""), absl::InfiniteFuture());
  EXPECT_THAT(Concerns(Good(), files, now + absl::Hours(24 * 25)),
              ElementsAre(HasSubstr("server.crt expires on ")));
  EXPECT_THAT(Concerns(Good(), files, now + absl::Hours(24 * 31)),
              ElementsAre(HasSubstr("server.crt expired on ")));
  EXPECT_THAT(Concerns(Good(), files, now - absl::Hours(2)),
              ElementsAre(HasSubstr("server.crt is not valid before ")));
  Certificates readable = Good();
  readable.key_readable_by_all = true;
  EXPECT_THAT(Concerns(readable, files, now), ElementsAre(HasSubstr("every user of this machine")));
}

TEST_F(CertificatesTest, AllOfAFileCount) {
  const absl::Time now = absl::Now();
  const Identity shorter =
      authority_.Issue("between", now - absl::Hours(1), now + absl::Hours(24 * 3));
  Certificates certificates = Good();
  certificates.chain += shorter.certificate;
  certificates.client_ca += shorter.certificate;
  EXPECT_TRUE(Check(certificates, kFiles).ok());
  EXPECT_THAT(Concerns(certificates, kFiles, now),
              ElementsAre(HasSubstr("server.crt, certificate 2, expires on "),
                          HasSubstr("clients.crt, certificate 2, expires on ")));
  EXPECT_LT(FirstExpiry(certificates.client_ca), now + absl::Hours(24 * 4));
}

TEST_F(CertificatesTest, ABrokenBlockAfterTheFirstIsRefused) {
  const std::string cut = authority_.certificate().substr(0, 300);
  const std::string garbled = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  for (const std::string& broken : {cut, garbled, garbled + authority_.certificate()}) {
    Certificates certificates = Good();
    certificates.chain += broken;
    EXPECT_THAT(ProblemWith(certificates), HasSubstr("--tls-certificate: server.crt has "));
    EXPECT_THAT(ProblemWith(certificates), HasSubstr("number 2 is not in PEM form"));
    certificates = Good();
    certificates.client_ca += broken;
    EXPECT_THAT(ProblemWith(certificates), HasSubstr("--tls-client-ca: clients.crt has "));
  }
  Certificates certificates = Good();
  certificates.chain = "# where it is from\n" + certificates.chain + certificates.key;
  EXPECT_TRUE(Check(certificates, kFiles).ok()) << "what is no certificate is passed over";
}

TEST_F(CertificatesTest, WhatOpenSslWouldNotServeIsRefused) {
  const Identity weak = authority_.IssueRsa("server", 1024);
  const Identity strong = authority_.IssueRsa("server", 2048);
  Certificates certificates = {strong.certificate, strong.key, authority_.certificate()};
  EXPECT_EQ(ProblemWith(certificates), "");
  certificates = {weak.certificate, weak.key, authority_.certificate()};
  EXPECT_EQ(ProblemWith(certificates),
            "--tls-certificate: server.crt has a certificate, number 1, that OpenSSL refuses: "
            "ee key too small");
  certificates = Good();
  certificates.chain += authority_.certificate() + weak.certificate;
  EXPECT_THAT(ProblemWith(certificates), HasSubstr("server.crt has a certificate, number 3, that"));
  certificates = Good();
  certificates.client_ca += weak.certificate;
  EXPECT_THAT(ProblemWith(certificates),
              HasSubstr("--tls-client-ca: clients.crt has a certificate, number 2, that"));
}

TEST_F(CertificatesTest, AFileThatEveryUserMayWriteIsRefused) {
  const std::string good = folder_.Write("good", "text");
  const std::string open = folder_.Write("open", "text", 0602);
  const auto problem = [](const TlsFiles& files) {
    return std::string(ReadCertificates(files).status().message());
  };
  EXPECT_THAT(problem({open, good, ""}),
              HasSubstr("--tls-certificate: " + open + " may be written"));
  EXPECT_THAT(problem({good, open, ""}), HasSubstr("--tls-key: "));
  EXPECT_THAT(problem({good, good, open}), HasSubstr("--tls-client-ca: "));
  EXPECT_FALSE(ReadCertificates({good, good, ""})->key_readable_by_all);
  const std::string readable = folder_.Write("readable", "text", 0644);
  EXPECT_TRUE(ReadCertificates({good, readable, ""})->key_readable_by_all);
}

TEST_F(CertificatesTest, ATextForAPathIsNotShown) {
  const std::string secret = "-----BEGIN PRIVATE KEY-----";
  for (const std::string& text : {identity_.key, secret, std::string("name token\ngroups")}) {
    const absl::Status status = ReadCertificates({text, "", ""}).status();
    EXPECT_EQ(std::string(status.message()),
              "--tls-certificate: wants the path of a file and got its text");
  }
  const absl::Status status = ReadCertificates({std::string(3000, 'x'), "", ""}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(100, 'x') + "... cannot"));
}

TEST_F(CertificatesTest, WhatMayBeAKeyWithoutItsFrameIsNotShown) {
  const std::string good = folder_.Write("good", "text");
  for (const char* const text : {"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49", "MIGH/AgEAMBMGByqGSM49AgEG"}) {
    const absl::Status status = ReadCertificates({good, text, ""}).status();
    EXPECT_EQ(std::string(status.message()),
              "--tls-key: names no file; it is not shown, as it may be a key");
  }
  // In a folder that is there it is a name.
  EXPECT_THAT(
      std::string(ReadCertificates({good, folder_.Path("absent_key"), ""}).status().message()),
      HasSubstr("absent_key cannot be read"));
}

TEST_F(CertificatesTest, AFileThatCannotBeReadIsNamed) {
  const auto problem = [](const TlsFiles& files) {
    return std::string(ReadCertificates(files).status().message());
  };
  const std::string some = folder_.Write("some", "text");
  const std::string none = folder_.Write("none", "");
  const std::string large = folder_.Write("large", std::string((1 << 20) + 1, 'x'));
  EXPECT_THAT(problem({folder_.Path("absent"), some, ""}),
              HasSubstr("absent cannot be read: No such file"));
  EXPECT_THAT(problem({some, folder_.Path(""), ""}), HasSubstr("--tls-key: "));
  EXPECT_THAT(problem({some, none, ""}), HasSubstr("is empty"));
  EXPECT_THAT(problem({some, some, large}),
              HasSubstr("--tls-client-ca: " + large + " is larger than 1 MiB"));
}

}  // namespace
}  // namespace activation::access
