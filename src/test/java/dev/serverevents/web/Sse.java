package dev.serverevents.web;

import static dev.serverevents.testing.Await.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.serverevents.testing.Await;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of Server-Sent Events: what has come so far. */
final class Sse {

  /** One event; a comment has no type. */
  record Event(String id, String type, String data) {
    static Event parse(String block) {
      var id = "";
      var type = "";
      var data = new ArrayList<String>();
      for (var line : block.split("\n", -1)) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          type = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data.add(line.substring(6));
        } else {
          assertThat(line).startsWith(":");
        }
      }
      return new Event(id, type, String.join("\n", data));
    }

    String text() {
      return type + " " + data;
    }
  }

  private final HttpClientRequest request;
  private HttpClientResponse response;
  private final List<Event> all = new CopyOnWriteArrayList<>();
  private final Promise<Void> ended = Promise.promise();

  private Sse(HttpClientRequest request) {
    this.request = request;
  }

  /** Opens one; returns when its head has come. */
  static Sse open(Http http, String path, String... headers) {
    return result(
        http.request(HttpMethod.GET, path)
            .compose(
                request -> {
                  for (var i = 0; i < headers.length; i += 2) {
                    request.putHeader(headers[i], headers[i + 1]);
                  }
                  var sse = new Sse(request);
                  return request.send().map(sse::read);
                }));
  }

  private Sse read(HttpClientResponse response) {
    this.response = response;
    var blocks = RecordParser.newDelimited("\n\n", block -> all.add(Event.parse(block.toString())));
    response.handler(blocks);
    response.endHandler(ended::complete);
    response.exceptionHandler(ended::tryFail);
    return this;
  }

  HttpClientResponse response() {
    return response;
  }

  List<Event> events() {
    return all.stream().filter(event -> !event.type().isEmpty()).toList();
  }

  int comments() {
    return all.size() - events().size();
  }

  /** Returns when exactly these have come. */
  void await(String... texts) {
    Await.untilAsserted(
        () -> assertThat(events().stream().map(Event::text)).containsExactly(texts));
  }

  void awaitEnd() {
    result(ended.future());
  }

  void leave() {
    result(request.connection().close());
  }
}
