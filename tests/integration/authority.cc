#include "tests/integration/authority.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace activation {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

void Must(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL refuses");
}

template <class Write>
std::string Pem(const Write& write) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  Must(write(bio.get()) == 1);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

void Extend(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value));
  Must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Not signed yet.
Certificate NewCertificate(const std::string& name, EVP_PKEY* key, absl::Time from,
                           absl::Time until) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  uint32_t serial = 0;
  Must(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(until));
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

std::string Sign(X509* certificate, EVP_PKEY* key) {
  Must(X509_sign(certificate, key, EVP_sha256()) > 0);
  return Pem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

struct Authority::Keys {
  Key key{EVP_EC_gen("P-256")};
  Certificate certificate{};

  Identity Issue(const std::string& name, EVP_PKEY* own, absl::Time from, absl::Time until) const {
    const Certificate issued = NewCertificate(name, own, from, until);
    X509* const issuer = certificate.get();
    X509_set_issuer_name(issued.get(), X509_get_subject_name(issuer));
    Extend(issued.get(), issuer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    Extend(issued.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
    return {Sign(issued.get(), key.get()), Pem([own](BIO* bio) {
              return PEM_write_bio_PrivateKey(bio, own, nullptr, nullptr, 0, nullptr, nullptr);
            })};
  }
};

Authority::Authority(const std::string& name) : keys_(std::make_unique<Keys>()) {
  keys_->certificate = NewCertificate(name, keys_->key.get(), absl::Now() - absl::Hours(24 * 365),
                                      absl::Now() + absl::Hours(24 * 365));
  X509* const own = keys_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  Extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  Extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  certificate_ = Sign(own, keys_->key.get());
}

Authority::~Authority() = default;

Identity Authority::Issue(const std::string& name, absl::Time from, absl::Time until) const {
  return keys_->Issue(name, Key(EVP_EC_gen("P-256")).get(), from, until);
}

Identity Authority::IssueRsa(const std::string& name, unsigned bits) const {
  const absl::Time now = absl::Now();
  return keys_->Issue(name, Key(EVP_RSA_gen(bits)).get(), now - absl::Hours(1),
                      now + absl::Hours(24 * 30));
}

TestFolder::TestFolder() : path_(testing::TempDir() + "/activation_XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder " + path_);
}

TestFolder::~TestFolder() { std::filesystem::remove_all(path_); }

std::string TestFolder::Write(const std::string& name, const std::string& text,
                              unsigned mode) const {
  std::string path = Path(name);
  const std::string aside = path + ".new";
  std::ofstream(aside, std::ios::binary) << text;
  chmod(aside.c_str(), mode);
  std::filesystem::rename(aside, path);
  return path;
}

}  // namespace activation
