plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "rct.classifier"
    compileSdk = 35
    defaultConfig {
        minSdk = 24
        testInstrumentationRunner = "androidx.test.runner.AndroidJUnitRunner"
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlinOptions {
        jvmTarget = "17"
    }
    sourceSets {
        getByName("main").assets.srcDir(layout.buildDirectory.dir("assets-model"))
        getByName("androidTest").assets.srcDir(layout.buildDirectory.dir("assets-golden"))
    }
}

// the package's folders become assets under their own names; the golden files only of the test
val modelAssets = tasks.register<Sync>("modelAssets") {
    from("model") { into("model") }
    into(layout.buildDirectory.dir("assets-model"))
}
val goldenAssets = tasks.register<Sync>("goldenAssets") {
    from("golden") { into("golden") }
    into(layout.buildDirectory.dir("assets-golden"))
}
tasks.named("preBuild") { dependsOn(modelAssets, goldenAssets) }

dependencies {
    implementation("com.google.ai.edge.litert:litert:1.4.2")
    implementation("com.google.mediapipe:tasks-vision:0.10.26") // only for MediaPipeClassifier.kt
    androidTestImplementation("androidx.test:runner:1.6.2")
    androidTestImplementation("androidx.test.ext:junit:1.2.1")
}
