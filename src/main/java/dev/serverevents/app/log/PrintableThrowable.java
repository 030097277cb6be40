package dev.serverevents.app.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.serverevents.internal.Printable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code %ex} whose messages have no characters that forge a line or drive a terminal. */
public final class PrintableThrowable extends ThrowableProxyConverter {

  @Override
  protected String throwableProxyToString(IThrowableProxy throwable) {
    return super.throwableProxyToString(new Proxy(throwable));
  }

  private record Proxy(IThrowableProxy throwable) implements IThrowableProxy {

    static @Nullable Proxy of(@Nullable IThrowableProxy throwable) {
      return throwable == null ? null : new Proxy(throwable);
    }

    @Override
    public @Nullable String getMessage() {
      var message = throwable.getMessage();
      return message == null ? null : Printable.of(message);
    }

    @Override
    public String getClassName() {
      return throwable.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
      return throwable.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
      return throwable.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
      return of(throwable.getCause());
    }

    @Override
    public IThrowableProxy[] getSuppressed() {
      return Stream.of(throwable.getSuppressed()).map(Proxy::new).toArray(IThrowableProxy[]::new);
    }

    @Override
    public boolean isCyclic() {
      return throwable.isCyclic();
    }
  }
}
