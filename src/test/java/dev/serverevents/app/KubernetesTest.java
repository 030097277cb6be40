package dev.serverevents.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** The manifests are what Kubernetes's schema says, and agree with the server and its image. */
class KubernetesTest {

  private static final Path MANIFESTS = Path.of("conf", "kubernetes", "server-events.yml");
  private static final Path DOCKERFILE = Path.of("src", "main", "docker", "Dockerfile");

  /** Reads an object, and fails where its schema has no such field, or needs another one. */
  private interface Schema {
    Object read(String json) throws IOException;
  }

  /** Kubernetes's own, as its Java client has it of the OpenAPI of 1.34. */
  private static final Map<String, Schema> SCHEMAS =
      Map.of(
          "v1 ConfigMap", V1ConfigMap::fromJson,
          "apps/v1 Deployment", V1Deployment::fromJson,
          "v1 Service", V1Service::fromJson,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::fromJson,
          "autoscaling/v2 HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::fromJson);

  private static String manifests() throws IOException {
    return Files.readString(MANIFESTS);
  }

  /** The objects by their kinds. */
  private static Map<String, Object> read(String manifests) throws IOException {
    var objects = new LinkedHashMap<String, Object>();
    for (var document : new Yaml().loadAll(manifests)) {
      var json = JsonObject.mapFrom(document);
      var kind = json.getString("apiVersion") + " " + json.getString("kind");
      assertThat(SCHEMAS).containsKey(kind);
      objects.put(json.getString("kind"), SCHEMAS.get(kind).read(json.encode()));
    }
    return objects;
  }

  private static V1Deployment deployment() throws IOException {
    return (V1Deployment) read(manifests()).get("Deployment");
  }

  private static V1PodSpec pod() throws IOException {
    return deployment().getSpec().getTemplate().getSpec();
  }

  private static Configuration configuration() throws IOException {
    var settings = ((V1ConfigMap) read(manifests()).get("ConfigMap")).getData().get("server.json");
    var variables = new HashMap<String, String>();
    Pattern.compile("(SERVER_EVENTS_\\w+)=(\\S+)")
        .matcher(Files.readString(DOCKERFILE))
        .results()
        .forEach(set -> variables.put(set.group(1), set.group(2)));
    pod()
        .getContainers()
        .get(0)
        .getEnv()
        .forEach(variable -> variables.put(variable.getName(), variable.getValue()));
    return Configuration.of(new JsonObject(settings), variables);
  }

  @Test
  void theManifestsAreWhatTheSchemaSays() throws IOException {
    assertThat(read(manifests()))
        .containsOnlyKeys(
            "ConfigMap", "Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler");
  }

  @ParameterizedTest
  @CsvSource({
    "readinessProbe:, readynessProbe:",
    "containerPort: 8080, containerPort: many",
    "matchLabels:, matchLabel:",
    "scaleTargetRef:, target:",
    "targetPort:, targetsPort:",
    "kind: ConfigMap, kind: ConfigMaps",
  })
  void aMistakeIsFound(String right, String wrong) throws IOException {
    var mistaken = manifests().replace(right, wrong);
    assertThat(mistaken).isNotEqualTo(manifests());
    assertThatThrownBy(() -> read(mistaken)).isNotNull();
  }

  @Test
  void allOfThemAreAboutTheSamePods() throws IOException {
    var objects = read(manifests());
    var labels = deployment().getSpec().getTemplate().getMetadata().getLabels();
    assertThat(deployment().getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(((V1Service) objects.get("Service")).getSpec().getSelector()).isEqualTo(labels);
    assertThat(
            ((V1PodDisruptionBudget) objects.get("PodDisruptionBudget"))
                .getSpec()
                .getSelector()
                .getMatchLabels())
        .isEqualTo(labels);
    assertThat(
            ((V2HorizontalPodAutoscaler) objects.get("HorizontalPodAutoscaler"))
                .getSpec()
                .getScaleTargetRef()
                .getName())
        .isEqualTo(deployment().getMetadata().getName());
  }

  @Test
  void theServerListensWhereItIsAskedAndHasRolesOfItsOwn() throws IOException {
    var port = pod().getContainers().get(0).getPorts().get(0);
    var configuration = configuration();
    assertThat(configuration.http().server().getPort()).isEqualTo(port.getContainerPort());
    assertThat(configuration.http().server().getHost()).isEqualTo("0.0.0.0");
    assertThat(configuration.http().routes().getAuthentication()).isNotNull();
    assertThat(configuration.embeddedRedis()).isFalse();
    var service = (V1Service) read(manifests()).get("Service");
    assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrValue())
        .isEqualTo(port.getName());
  }

  @Test
  void theProbesAskForRoutesThatThereAre() throws IOException {
    var container = pod().getContainers().get(0);
    var http = Files.readString(Path.of("src", "docs", "http.md"));
    assertThat(
            Stream.of(
                    container.getStartupProbe(),
                    container.getLivenessProbe(),
                    container.getReadinessProbe())
                .map(probe -> probe.getHttpGet().getPath()))
        .containsExactly("/health/live", "/health/live", "/health/ready")
        .allSatisfy(path -> assertThat(http).contains("`GET " + path + "`"));
  }

  @Test
  void thePodIsGivenAsLongAsTheServerMayTakeToEnd() throws IOException {
    var drain = configuration().events().getDrainTimeout() / 1_000;
    var preStop = pod().getContainers().get(0).getLifecycle().getPreStop().getSleep().getSeconds();
    assertThat(pod().getTerminationGracePeriodSeconds())
        .isGreaterThanOrEqualTo(preStop + 2 * drain + HttpVerticle.SHUTDOWN_SECONDS);
  }

  /** Of what the restricted Pod Security Standard asks for, and more. */
  @Test
  void thePodMayDoNoMoreThanItNeeds() throws IOException {
    var image = Files.readString(DOCKERFILE);
    assertThat(image).contains("USER " + pod().getSecurityContext().getRunAsUser() + ":");
    assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod().getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(pod().getAutomountServiceAccountToken()).isFalse();
    var security = pod().getContainers().get(0).getSecurityContext();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
  }
}
