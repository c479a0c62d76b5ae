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
  const Identity identity_ = authority_.Issue("server");
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
  TlsFiles files = kFiles;
  files.key = folder_.Write("server.key", identity_.key);
  const absl::Time now = absl::Now();
  EXPECT_THAT(Concerns(Good(), files, now), IsEmpty());
  EXPECT_THAT(Concerns(Good(), files, now + absl::Hours(24 * 25)),
              ElementsAre(HasSubstr("server.crt expires on ")));
  EXPECT_THAT(Concerns(Good(), files, now + absl::Hours(24 * 31)),
              ElementsAre(HasSubstr("server.crt expired on ")));
  EXPECT_THAT(Concerns(Good(), files, now - absl::Hours(2)),
              ElementsAre(HasSubstr("server.crt is not valid before ")));
  folder_.Write("server.key", identity_.key, 0644);
  EXPECT_THAT(Concerns(Good(), files, now), ElementsAre(HasSubstr("every user of this machine")));
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
