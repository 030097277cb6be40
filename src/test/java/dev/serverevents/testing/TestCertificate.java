package dev.serverevents.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate of localhost, with its key, and a trust store that has it. */
public final class TestCertificate {

  public static final String PASSWORD = "changeit";

  private final Path directory;

  private TestCertificate(Path directory) {
    this.directory = directory;
  }

  /** Makes one, in files of a directory. */
  public static TestCertificate create(Path directory) throws IOException, InterruptedException {
    var certificate = new TestCertificate(directory);
    certificate.keytool(
        "-genkeypair",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-keystore",
        "key.p12");
    certificate.keytool("-exportcert", "-keystore", "key.p12", "-file", "public.crt");
    certificate.keytool(
        "-importcert", "-noprompt", "-keystore", "trust.p12", "-file", "public.crt");
    certificate.keytool("-exportcert", "-rfc", "-keystore", "key.p12", "-file", "public.pem");
    return certificate;
  }

  public PfxOptions key() {
    return new PfxOptions().setPath(directory.resolve("key.p12").toString()).setPassword(PASSWORD);
  }

  public PfxOptions trust() {
    return new PfxOptions()
        .setPath(directory.resolve("trust.p12").toString())
        .setPassword(PASSWORD);
  }

  /** A PEM file of the certificate. */
  public String certificateFile() {
    return directory.resolve("public.pem").toString();
  }

  /** A PEM file of the key. */
  public String keyFile() throws IOException {
    try {
      var store =
          KeyStore.getInstance(directory.resolve("key.p12").toFile(), PASSWORD.toCharArray());
      var key = store.getKey("test", PASSWORD.toCharArray()).getEncoded();
      var file = directory.resolve("key.pem");
      var base64 = Base64.getMimeEncoder().encodeToString(key);
      Files.writeString(
          file, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
      return file.toString();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "test", "-storetype", "PKCS12", "-storepass", PASSWORD));
    var log = directory.resolve("keytool.log").toFile();
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    assertThat(builder.redirectErrorStream(true).redirectOutput(log).start().waitFor()).isZero();
  }
}
