package dev.serverevents.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which classes a compiled class names, as its constant pool says (The Java Virtual Machine
 * Specification, 4.4): also those of which it uses nothing but a constant, or that stand in a
 * signature alone. Nested classes count as the file that they are in.
 */
public final class CompiledClasses {

  private static final String SUFFIX = ".class";
  private static final Pattern NAME =
      Pattern.compile("(?:^|L|\\[L)([\\w/]+)(?:\\$\\w+)*(?=[;<]|$)");

  private CompiledClasses() {}

  /** What each file of a directory of classes uses of the others there. */
  public static Map<String, Set<String>> uses(Path directory) throws IOException {
    var named = new TreeMap<String, Set<String>>();
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
        var path = directory.relativize(file).toString();
        var name = path.substring(0, path.length() - SUFFIX.length()).replaceFirst("\\$.*", "");
        if (!name.endsWith("-info")) {
          named.computeIfAbsent(dotted(name), first -> new TreeSet<>()).addAll(names(file));
        }
      }
    }
    named.forEach(
        (name, others) -> {
          others.retainAll(named.keySet());
          others.remove(name);
        });
    return named;
  }

  private static Set<String> names(Path file) throws IOException {
    var names = new HashSet<String>();
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      in.skipNBytes(8); // magic and version
      var count = in.readUnsignedShort();
      for (var i = 1; i < count; i++) {
        var tag = in.readUnsignedByte();
        switch (tag) {
          case 1 ->
              NAME.matcher(in.readUTF()).results().forEach(n -> names.add(dotted(n.group(1))));
          case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            i++; // a long or a double takes two places
          }
          default -> throw new IOException(file + " has a constant of the unknown kind " + tag);
        }
      }
    }
    return names;
  }

  private static String dotted(String name) {
    return name.replace('/', '.');
  }
}
