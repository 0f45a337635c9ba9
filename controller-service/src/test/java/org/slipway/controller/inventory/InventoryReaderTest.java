package org.slipway.controller.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slipway.controller.ApiTest;
import org.slipway.controller.problem.Problem;
import org.slipway.model.Names;
import org.slipway.model.ServerRole;

class InventoryReaderTest {
    private static final int DEV = 0;
    private static final int WEB1 = 2;
    private static final int WEB2 = 3;

    private final ObjectNode document = parse(ApiTest.inventory());

    @Test
    void readsEverythingThatItSays() {
        Inventory inventory = InventoryReader.read("shop", document);
        assertThat(inventory.servers())
                .extracting(Inventory.Entry::name, Inventory.Entry::role)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("dev", ServerRole.DEVELOPMENT),
                        org.assertj.core.groups.Tuple.tuple("beta", ServerRole.BETA),
                        org.assertj.core.groups.Tuple.tuple("web1", ServerRole.BUSINESS),
                        org.assertj.core.groups.Tuple.tuple("web2", ServerRole.BUSINESS));
        Inventory.Entry web1 = inventory.servers().get(WEB1);
        assertThat(web1.backupFile()).isEqualTo("/var/backups/site.tar.gz");
        assertThat(web1.address().port()).isEqualTo(22);
        assertThat(web1.address().hostKeys()).hasSize(1);
        assertThat(web1.address().workDirectory()).isEqualTo("/srv/.slipway");
    }

    @Test
    void allowsAProjectWithoutBusinessServers() {
        servers().remove(WEB2);
        servers().remove(WEB1);
        assertThat(InventoryReader.read("shop", document).servers()).hasSize(2);
    }

    @Test
    void listsEverythingThatIsWrongAtOnce() {
        server(DEV).remove("host");
        server(WEB1).put("port", 70_000).put("colour", "red");
        server(WEB2).put("name", "web1").put("user", 7);
        document.put("version", 2);
        assertThat(errors())
                .containsExactlyInAnyOrder(
                        "version is not known here; known are project, servers, status",
                        "servers[0].host is missing",
                        "servers[2].port must be a whole number from 1 to 65535",
                        "servers[2].colour is not known here; known are name, role, host, port, user, hostKeys, projectDirectory,"
                                + " workDirectory, backupFile",
                        "servers[3].user must be a text, not a number; put it in quotes",
                        "servers[3].name 'web1' is used by another server too; names are unique in a project");
    }

    @Test
    void wantsExactlyOneDevelopmentAndOneBetaServer() {
        server(1).put("role", "DEVELOPMENT");
        assertThat(errors())
                .containsExactly(
                        "servers must have exactly one server with role DEVELOPMENT, where releases come from; there are 2",
                        "servers must have exactly one server with role BETA, where they are tried out; there are 0");
    }

    @Test
    void namesEveryRoleThatThereIs() {
        server(WEB1).put("role", "PRODUCTION");
        assertThat(errors()).containsExactly("servers[2].role must be DEVELOPMENT, BETA or BUSINESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "servers: []", "project: shop"})
    void wantsServers(String empty) {
        ObjectNode nothing = empty.startsWith("[") || empty.isEmpty() ? parse("{}") : parse(empty);
        assertThat(errors(nothing)).hasSize(2).allMatch(error -> error.startsWith("servers must have exactly one"));
    }

    @Test
    void toleratesWhatGetAdds() {
        document.put("project", "shop").putObject("status").put("inventoryVersion", 4);
        assertThat(InventoryReader.read("shop", document).servers()).hasSize(4);
    }

    @Test
    void refusesTheDocumentOfAnotherProject() {
        document.put("project", "other");
        assertThat(errors()).containsExactly("project must be the name in the path, or be left out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Web1", "-web", "web-", "web/1", "web 1", "wéb"})
    void refusesNamesThatDoNotFitIntoUrls(String name) {
        server(WEB1).put("name", name);
        assertThat(errors()).containsExactly("servers[2].name " + Names.RULE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-oProxyCommand=x", "web 1", "web1\nweb2", "[::1]"})
    void refusesHostsThatAreNone(String host) {
        server(WEB1).put("host", host);
        assertThat(errors()).containsExactly("servers[2].host must be a DNS name or an IP address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "192.0.2.7", "web1.example.org"})
    void takesAddressesAndNames(String host) {
        server(WEB1).put("host", host);
        assertThat(InventoryReader.read("shop", document).servers()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "srv/site, must be an absolute path",
        "/srv/../site, has an empty",
        "/srv/site/, without a slash at its end",
        "/, must be an absolute path"
    })
    void refusesProjectDirectoriesThatAreNotUsable(String directory, String why) {
        server(WEB2).put("projectDirectory", directory);
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("servers[3].projectDirectory")
                .contains(why);
    }

    @Test
    void keepsTheWorkDirectoryOutOfTheProjectDirectory() {
        server(WEB2).put("workDirectory", "/srv/site/.slipway");
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("servers[3].workDirectory")
                .contains("lies inside the project directory");
    }

    @ParameterizedTest
    @CsvSource({
        "backups/site.tar, must be an absolute path",
        "/var/../site.tar, must be an absolute path",
        "/var/backups/site.zip, must end in one of",
        "/var/backups/.tar.gz, must end in one of",
        "/srv/site/backup.tar, lies inside the project directory",
        "/srv/.slipway/backup.tar, lies inside the work directory"
    })
    void refusesBackupFilesThatWouldNotDo(String file, String why) {
        server(WEB1).put("backupFile", file);
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("servers[2].backupFile")
                .contains(why);
    }

    @Test
    void refusesABackupFileThatIsADirectoryOfSlipway() {
        server(WEB1).put("projectDirectory", "/srv/site.tar").put("backupFile", "/srv/site.tar");
        assertThat(errors()).singleElement().asString().contains("is a directory that Slipway works with");
        server(WEB1).put("projectDirectory", "/srv/site").put("workDirectory", "/srv/.work.tar");
        server(WEB1).put("backupFile", "/srv/.work.tar");
        assertThat(errors()).singleElement().asString().contains("is a directory that Slipway works with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/a\nb.tar", "/b/a\tb.tar", "/b/a\u007fb.tar", "/b/a\u0085b.tar"})
    void refusesABackupFileWithControlCharacters(String file) {
        server(WEB1).put("backupFile", file);
        assertThat(errors()).singleElement().asString().contains("control character");
    }

    @Test
    void readsNothingOfAListOfHostKeysThatIsTooLong() {
        ArrayNode keys = server(WEB1).putArray("hostKeys");
        for (int i = 0; i < 21; i++) {
            keys.add("no key");
        }
        assertThat(errors()).containsExactly("servers[2].hostKeys may have at most 20 keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/site.tar", "/b/site.tar.gz", "/b/site.tgz", "/b/site.tar.zst"})
    void takesEveryKindOfArchive(String file) {
        server(WEB1).put("backupFile", file);
        assertThat(InventoryReader.read("shop", document).servers().get(WEB1).backupFile())
                .isEqualTo(file);
    }

    @Test
    void wantsTheBackupFileOnOneServerOnly() {
        server(WEB2).put("backupFile", "/var/backups/site.tar");
        assertThat(errors())
                .containsExactly(
                        "servers[2].backupFile is on 2 servers; leave it on the one that is to be backed up",
                        "servers[3].backupFile is on 2 servers; leave it on the one that is to be backed up");
    }

    @Test
    void wantsTheBackupFileOnABusinessServer() {
        server(WEB1).remove("backupFile");
        server(DEV).put("backupFile", "/var/backups/site.tar");
        assertThat(errors())
                .containsExactly("servers[0].backupFile is only for a server with role BUSINESS; leave it out here");
    }

    @Test
    void neverCopiesAServerOntoItself() {
        server(WEB2).put("host", "WEB1.example.org");
        assertThat(errors())
                .containsExactly(
                        "servers[3].projectDirectory is that of server 'web1' on the same host and port; a server is never copied onto"
                                + " itself");
    }

    @Test
    void givesEachServerAWorkDirectoryOfItsOwn() {
        server(WEB2)
                .put("host", "web1.example.org")
                .put("projectDirectory", "/srv/b")
                .put("workDirectory", "/srv/.slipway");
        assertThat(errors())
                .containsExactly(
                        "servers[3].workDirectory is that of server 'web1' on the same host and port; each server needs a work"
                                + " directory of its own");
    }

    @Test
    void keepsServersOfOneHostOutOfEachOther() {
        ObjectNode beta = server(1);
        beta.put("host", "one.example").put("projectDirectory", "/var/www").remove("port");
        server(WEB1)
                .put("host", "One.example")
                .put("projectDirectory", "/var/www/live")
                .put("backupFile", "/var/www/backups/live.tar.gz")
                .remove("workDirectory");
        server(WEB2)
                .put("host", "one.example")
                .put("projectDirectory", "/srv/other")
                .put("workDirectory", "/var/www/work");
        assertThat(errors())
                .containsExactlyInAnyOrder(
                        "servers[2].projectDirectory" + in("project", "beta"),
                        "servers[2].backupFile" + in("project", "beta"),
                        "servers[3].workDirectory" + in("project", "beta"));

        server(WEB1).put("projectDirectory", "/var/www-live").put("backupFile", "/srv/.slipway-other/live.tar.gz");
        server(WEB2).remove("workDirectory");
        assertThat(errors()).containsExactly("servers[2].backupFile" + in("work", "web2"));

        server(WEB1).put("backupFile", "/backups/live.tar.gz").put("workDirectory", "/srv/other");
        assertThat(errors())
                .containsExactlyInAnyOrder(
                        "servers[2].workDirectory" + in("project", "web2"),
                        "servers[3].projectDirectory" + in("work", "web1"));

        server(WEB1).put("workDirectory", "/srv");
        assertThat(errors()).containsExactlyInAnyOrder("servers[3].projectDirectory" + in("work", "web1"));
    }

    private static String in(String kind, String server) {
        return " lies in the %s directory of server '%s' on the same host and port; put it elsewhere"
                .formatted(kind, server);
    }

    @ParameterizedTest
    @CsvSource({
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f operator@desk",
        "ecdsa-sha2-nistp256"
                + " AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
    })
    void takesKeysAsTheyStandInFiles(String key) {
        server(WEB1).putArray("hostKeys").add(key);
        String[] words = key.split(" ");
        assertThat(InventoryReader.read("shop", document)
                        .servers()
                        .get(WEB1)
                        .address()
                        .hostKeys())
                .containsExactly(words[0] + " " + words[1]);
    }

    @ParameterizedTest
    @CsvSource({
        "ssh-ed25519, has nothing behind its type",
        "web1 ssh-ed25519 AAAA, leave 'web1' out",
        "rsa-sha2-512 AAAA, is a signature",
        "ssh-dss AAAA, must begin with its type",
        "ssh-ed25519 AA*A, is not valid base64",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==, is cut off",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f, holds a key of another type"
    })
    void refusesHostKeysThatAreNone(String key, String why) {
        server(WEB1).putArray("hostKeys").add(key);
        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith("servers[2].hostKeys[0] ")
                .contains(why);
    }

    @Test
    void refusesAHostKeyWithMoreBehindIt() {
        byte[] key = Base64.getDecoder().decode(ApiTest.hostKey().split(" ")[1]);
        String longer = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(key, key.length + 3));
        server(WEB1).putArray("hostKeys").add("ssh-ed25519 " + longer);
        assertThat(errors()).singleElement().asString().contains("damaged");
    }

    @Test
    void refusesTheSameHostKeyTwice() {
        server(WEB1).putArray("hostKeys").add(ApiTest.hostKey()).add(ApiTest.hostKey());
        assertThat(errors()).containsExactly("servers[2].hostKeys[1] is there twice");
    }

    @Test
    void namesWhatIsNoObject() {
        servers().add("web3");
        document.put("status", "fine");
        assertThat(errors()).containsExactly("servers[4] must be an object, not a text");
    }

    private ArrayNode servers() {
        return (ArrayNode) document.get("servers");
    }

    private ObjectNode server(int index) {
        return (ObjectNode) servers().get(index);
    }

    private List<String> errors() {
        return errors(document);
    }

    private static List<String> errors(ObjectNode document) {
        Problem problem = catchThrowableOfType(Problem.class, () -> InventoryReader.read("shop", document));
        assertThat(problem).isNotNull();
        return problem.errors().stream().map(Object::toString).toList();
    }

    private static ObjectNode parse(String yaml) {
        try {
            return (ObjectNode) new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
