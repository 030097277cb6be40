package dev.serverevents.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Programs;
import dev.serverevents.testing.Server;
import dev.serverevents.testing.ServerExtension;
import dev.serverevents.testing.TestRedis;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The app of the README runs as it stands, and answers as the README says. */
@ExtendWith(ServerExtension.class)
class ReadmePageIT {

  @Test
  void theAppRuns(Server server, @TempDir Path directory) {
    Programs.assume(
        Programs.run(Path.of("."), "curl", "--version"),
        "no curl is here, so the app of the README is not run");
    var port = TestRedis.freePort();
    PageProgram.compile(
        Pages.readme(),
        code ->
            code.replace("redis://localhost:6379", server.redis().url())
                .replace("8080", String.valueOf(port)),
        directory);
    var classes = "'" + directory + ":" + PageProgram.classPath() + "'";
    try (var app = PageProgram.start("java -cp " + classes + " App", Map.of())) {
      app.awaitHttp(port);
      var readme = Pages.matches("`(curl .*?)` answers `(.*?)`", Pages.readme().text()).get(0);
      var curl = readme.group(1).replace("curl", "curl -s").replace("8080", String.valueOf(port));
      assertThat(PageProgram.run(curl)).isEqualTo(readme.group(2));
      app.awaitOutput("Order 7 is priced: {\"price\":42}");
    }
  }
}
