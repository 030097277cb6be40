package dev.serverevents.testing;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;
import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Runs a class of tests once on each backend, and no test where it makes no sense. */
final class BackendExtension implements ClassTemplateInvocationContextProvider, ExecutionCondition {

  private static final Namespace NAMESPACE = Namespace.create(BackendExtension.class);

  /** On which backend a test runs. */
  static Backend of(ExtensionContext test) {
    return test.getStore(NAMESPACE).getOrDefault("backend", Backend.class, Backend.REDIS);
  }

  @Override
  public boolean supportsClassTemplate(ExtensionContext testClass) {
    return true;
  }

  @Override
  public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
      ExtensionContext testClass) {
    return Arrays.stream(Backend.values()).map(Run::new);
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
    var only = findAnnotation(test.getElement(), OnlyOnRedis.class);
    return only.isPresent() && of(test) != Backend.REDIS
        ? disabled(only.get().value())
        : enabled("on " + of(test));
  }

  private record Run(Backend backend) implements ClassTemplateInvocationContext {

    @Override
    public String getDisplayName(int number) {
      return backend.toString();
    }

    @Override
    public void prepareInvocation(ExtensionContext testClass) {
      testClass.getStore(NAMESPACE).put("backend", backend);
    }
  }
}
