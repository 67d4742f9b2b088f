// Fields of scene files and where they come from.
#include "core/assets.hpp"
#include "core/toml.hpp"
#include "scene/cable.hpp"
#include "scene/mesh_file.hpp"
#include "scene/scene.hpp"

namespace volery {

namespace {

// float32 resolves 1 mm at this distance; worlds farther out would shake
constexpr double kFarthest_m = 10000;
constexpr double kThinnest_m = 1e-3;
constexpr double kTurn_rad = 6.2831853071795865;

constexpr FieldDoc kPositionDoc{
    .unit = "m", .low = -kFarthest_m, .high = kFarthest_m, .doc = "center in the world"};
constexpr FieldDoc kAnglesDoc{.unit = "rad",
                              .low = -kTurn_rad,
                              .high = kTurn_rad,
                              .doc = "roll, pitch, yaw, about world x, then y, then z"};
constexpr FieldDoc kSizeDoc{.unit = "m",
                            .low = kThinnest_m,
                            .high = kFarthest_m,
                            .doc =
                                "box: extents; cylinder: diameter, diameter, height; sphere: "
                                "three times its diameter"};
constexpr FieldDoc kFrictionDoc{
    .low = 0,
    .high = 10,
    .doc = "Coulomb coefficient; a contact takes the geometric mean of both sides"};
constexpr FieldDoc kRestitutionDoc{
    .low = 0, .high = 1, .doc = "bounce; a contact takes the geometric mean of both sides"};

void describe_kind(FieldVisitor& v, PrimitiveKind& kind, const char* doc) {
  v.choice("kind", kind, {"plane", "box", "cylinder", "sphere", "hull", "mesh"}, doc);
}

}  // namespace

void Primitive::describe(FieldVisitor& v) {
  describe_kind(v, kind,
                "plane (half space below local z = 0), box, cylinder along local z, "
                "sphere, convex hull of vertices, mesh of triangles");
  v.field("name", name, {.doc = "for messages and pictures"});
  v.field("position_w_m", position_w_m, kPositionDoc);
  v.field("rpy_rad", rpy_rad, kAnglesDoc);
  v.field("size_m", size_m, kSizeDoc);
  v.field("vertices_m", vertices_m,
          {.unit = "m",
           .low = -kFarthest_m,
           .high = kFarthest_m,
           .doc = "hull and mesh: x, y, z per vertex in the local frame"});
  v.field("triangles", triangles,
          {.low = 0, .high = 16777215, .doc = "mesh: three vertex indices per triangle"});
  v.field("file", file,
          {.doc = "hull and mesh: an .obj or .stl file instead of vertices_m and triangles, beside "
                  "the scene file or in assets/meshes"});
  v.field("file_unit_m", file_unit_m,
          {.unit = "m", .low = 1e-6, .high = 1e4, .doc = "length of one unit of the file"});
  v.field("friction", friction, kFrictionDoc);
  v.field("restitution", restitution, kRestitutionDoc);
}

void PropSpec::describe(FieldVisitor& v) {
  describe_kind(v, kind, "box, cylinder along local z, or sphere");
  v.field("name", name, {.doc = "for messages and pictures"});
  v.field("position_w_m", position_w_m, kPositionDoc);
  v.field("rpy_rad", rpy_rad, kAnglesDoc);
  v.field("size_m", size_m, kSizeDoc);
  v.field("mass_kg", mass_kg,
          {.unit = "kg", .low = 1e-4, .high = 1e4, .doc = "mass, spread evenly"});
  v.field("friction", friction, kFrictionDoc);
  v.field("restitution", restitution, kRestitutionDoc);
}

void CableSpec::describe(FieldVisitor& v) {
  constexpr FieldDoc kAttachDoc{.unit = "m", .low = -kFarthest_m, .high = kFarthest_m};
  const auto attach = [&](const char* text) {
    FieldDoc doc_of_attach = kAttachDoc;
    doc_of_attach.doc = text;
    return doc_of_attach;
  };
  v.field("name", name, {.doc = "for messages and pictures"});
  v.field("a", a,
          {.doc = "one end: \"agent 0\", \"agents\" (a cable from each), a prop by its name or as "
                  "\"prop 0\", or \"world\""});
  v.field("b", b, {.doc = "the other end, likewise"});
  v.field("length_m", length_m,
          {.unit = "m",
           .low = kShortestCable_m,
           .high = kLongestCable_m,
           .doc = "slack below this, and never longer"});
  v.field("attach_a_b_m", attach_a_b_m, attach("from the center of mass of a, in its frame"));
  v.field("attach_b_b_m", attach_b_b_m, attach("from the center of mass of b, in its frame"));
  v.field("anchor_w_m", anchor_w_m, attach("where an end that is \"world\" is held"));
}

void SceneConfig::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "for messages and tables"});
  v.field("doc", doc, {.doc = "what the scene is for"});
  constexpr FieldDoc kCorner{.unit = "m", .low = -kFarthest_m, .high = kFarthest_m};
  const auto corner = [&](const char* text) {
    FieldDoc doc_of_corner = kCorner;
    doc_of_corner.doc = text;
    return doc_of_corner;
  };
  v.field("bounds_low_m", bounds_low_m, corner("low corner of the space that agents may use"));
  v.field("bounds_high_m", bounds_high_m, corner("its high corner"));
  v.field("spawn_low_m", spawn_low_m, corner("low corner of where tasks may place agents"));
  v.field("spawn_high_m", spawn_high_m, corner("its high corner"));
  v.tables("statics", statics, {.low = 0, .high = 1e6, .doc = "bodies that never move"});
  v.tables("props", props,
           {.low = 0, .high = 1e4, .doc = "bodies that move freely; every world has its own"});
  v.tables(
      "cables", cables,
      {.low = 0, .high = 1e4, .doc = "massless cables between bodies; every world has its own"});
}

std::vector<std::string> scene_names() {
  return asset_names("scenes");
}

SceneConfig load_scene(const Value& name_path_or_table) {
  SceneConfig config;
  if (name_path_or_table.is<std::string>()) {
    const auto file = asset_file("scenes", name_path_or_table.as<std::string>());
    config.name = file.stem().string();
    Value table = read_toml(file);
    scene::locate_mesh_files(table, file.parent_path());
    load(config, table, "scene");
    scene::read_mesh_files(config);
    return config;
  }
  if (!name_path_or_table.is_table()) {
    throw Error(ErrorKind::kType, std::string("scene: must be a name, a path or a table, not ") +
                                      name_path_or_table.type_name());
  }

  // a table, on top of the scene that it names as its base
  Value given = name_path_or_table;
  scene::locate_mesh_files(given, "");
  Value::Table& table = given.table();
  if (const auto base = table.find("base"); base != table.end()) {
    if (!base->second.is<std::string>()) {
      throw Error(ErrorKind::kType,
                  std::string("scene.base: must be a string, not ") + base->second.type_name());
    }
    config = load_scene(base->second);
    table.erase(base);
  } else {
    config.name = "inline";
  }
  load(config, given, "scene");
  scene::read_mesh_files(config);
  return config;
}

}  // namespace volery
